/// The outlines of dSprites' three shapes, as closed formulas.
///
/// Lengths are in sixty-fourths of the frame's side, for a sprite of scale 1 at orientation 0; u points right and v down from the sprite's
/// centre. The constants are calibrated on frames of dSprites itself; docs/sprites.md gives the agreement.
public enum SpriteShape: Int, Hashable, Sendable, CaseIterable {
    case square, ellipse, heart

    /// Half the side of a box about the centre that holds every shape at every orientation, for scale 1.
    static let reach = 14.0

    /// Whether the point lies in the shape, its edge included.
    @inline(__always)
    func contains(_ u: Double, _ v: Double) -> Bool {
        switch self {
        case .square:
            return u.magnitude <= 9.6 && v.magnitude <= 9.6
        case .ellipse:
            let x = u / 12.77
            let y = v / 7.21
            return x * x + y * y <= 1
        case .heart:
            // (x² + y² − 1)³ = c x² y³: with c = 1 a section of Taubin's heart surface (IEEE Computer Graphics and
            // Applications 14(2), 1994); here c, the height and both radii are fitted.
            let x = u / 7.65
            let y = (0.75 - v) / 7.22
            let ring = x * x + y * y - 1
            return ring * ring * ring <= 2.1 * x * x * y * y * y
        }
    }
}
