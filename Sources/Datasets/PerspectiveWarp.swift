/// The perspective transformation of the Topographic VAE's *perspective + hue* sequences, as the reference implementation has it.
///
/// The image lies in the plane z = 1, its pixel (14, 14) on the camera's axis. It is turned by the angle α in its plane, then by the same α about its
/// vertical axis, moved away by the focal length f = 14·√2 / sin α, and projected. With X = x − 14, Y = y − 14 and k = 1/f:
///
///     P = cos α · X − sin α · Y          Q = sin α · X + cos α · Y
///     w = 1 + k (sin α · P + cos α)
///     pixel (x, y) appears at  x' = 14 + (cos α · P − sin α) / w      y' = 14 + Q / w
///
/// α = 0 leaves the image alone. At 180° the focal length would be infinite; the reference implementation takes 181° there, and so do we. For no
/// angle of the set does a pixel of the image fall behind the camera.
///
/// The value at an output pixel is the bilinear one where the pixel comes from; zeros outside. Only additions, products and quotients of IEEE numbers
/// and literal constants are used, so every machine makes the same bits.
public struct PerspectiveWarp: Hashable, Sendable {
    /// The angles α in degrees: 0, 20, … 340, with 181 for 180.
    public static let angles: [Int] = (0..<18).map { $0 == 9 ? 181 : 20 * $0 }

    private let cosine: Double
    private let sine: Double
    /// k, the reciprocal of the focal length.
    private let nearness: Double

    /// - Parameter angle: an index into ``angles``.
    public init(angle: Int) {
        (cosine, sine) = angle == 9 ? PerspectiveWarp.beyondHalfTurn : AffineWarp.cosinesAndSines[angle]
        nearness = sine / PerspectiveWarp.halfDiagonal
    }

    /// Warps a 28×28 image.
    ///
    /// - Parameters:
    ///   - source: the image with a border of one zero on every side, [30, 30].
    ///   - output: [28, 28], overwritten.
    public func apply(to source: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>) {
        let side = BorderedImage.side
        precondition(
            source.count == BorderedImage.borderedSide * BorderedImage.borderedSide && output.count == side * side,
            "a perspective warp takes 30×30 and gives 28×28")
        let centre = AffineWarp.centre
        for row in 0..<side {
            let down = Double(row) - centre
            for column in 0..<side {
                // The projection solved for P and Q, which are then turned back by α. On the horizon the quotient is infinite: outside.
                let right = Double(column) - centre
                let along = (right * (1 + nearness * cosine) + sine) / (cosine - nearness * sine * right)
                let across = down * (1 + nearness * (sine * along + cosine))
                output[row * side + column] = BorderedImage.value(
                    of: source, x: centre + (cosine * along + sine * across), y: centre + (cosine * across - sine * along))
            }
        }
    }

    /// Half the diagonal of 28×28 pixels: 14·√2.
    private static let halfDiagonal = 19.79898987322333
    /// (cos, sin) of 181°, rounded from 40 digits like the other angles'.
    private static let beyondHalfTurn = (-0.9998476951563913, -0.01745240643728351)
}
