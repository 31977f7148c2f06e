/// Rotation and scaling about pixel (14, 14), as OpenCV's `getRotationMatrix2D` followed by a bilinear warp with zeros outside.
///
/// Coordinates are whole numbers at pixel centres; a positive rotation is counter-clockwise on the screen. Output pixel (x, y) takes the
/// value at the source position
///
///     x' = 14 + (cos·(x − 14) − sin·(y − 14)) / scale
///     y' = 14 + (sin·(x − 14) + cos·(y − 14)) / scale
///
/// Only additions, products and quotients of IEEE numbers and tabulated cosines are used, so every machine makes the same bits.
public struct AffineWarp: Hashable, Sendable {
    /// The rotations of the Topographic VAE's MNIST sequences, degrees: 0, 20, … 340.
    public static let rotations: [Int] = (0..<18).map { 20 * $0 }
    /// The scales of the Topographic VAE's MNIST sequences.
    public static let scales: [Double] = [
        0.60, 0.64, 0.68, 0.72, 0.76, 0.79, 0.83, 0.87, 0.91, 0.95, 0.99, 1.03, 1.07, 1.11, 1.14, 1.18, 1.22, 1.26,
    ]

    private let cosine: Double
    private let sine: Double
    private let scale: Double

    /// - Parameters:
    ///   - rotation: an index into ``rotations``.
    ///   - scale: an index into ``scales``.
    public init(rotation: Int, scale: Int) {
        (cosine, sine) = AffineWarp.cosinesAndSines[rotation]
        self.scale = AffineWarp.scales[scale]
    }

    /// Rotation alone.
    ///
    /// - Parameter rotation: an index into ``rotations``.
    public init(rotation: Int) {
        (cosine, sine) = AffineWarp.cosinesAndSines[rotation]
        scale = 1
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
            "an affine warp takes 30×30 and gives 28×28")
        let column = (x: cosine / scale, y: sine / scale)
        let row = (x: -sine / scale, y: cosine / scale)
        for y in 0..<side {
            let rowX = AffineWarp.centre + row.x * (Double(y) - AffineWarp.centre)
            let rowY = AffineWarp.centre + row.y * (Double(y) - AffineWarp.centre)
            for x in 0..<side {
                output[y * side + x] = BorderedImage.value(
                    of: source, x: rowX + column.x * (Double(x) - AffineWarp.centre), y: rowY + column.y * (Double(x) - AffineWarp.centre))
            }
        }
    }

    /// The coordinate of the pixel that warps turn about, both ways: 28 / 2, half a pixel off the image's centre, as in the reference implementation.
    static let centre = 14.0

    /// (cos, sin) of ``rotations``, rounded from 40 digits: a C library's own cosines differ between platforms.
    static let cosinesAndSines: [(Double, Double)] = [
        (1.0, 0.0),
        (0.9396926207859084, 0.3420201433256687),
        (0.766044443118978, 0.6427876096865394),
        (0.5, 0.8660254037844386),
        (0.17364817766693036, 0.984807753012208),
        (-0.17364817766693036, 0.984807753012208),
        (-0.5, 0.8660254037844386),
        (-0.766044443118978, 0.6427876096865394),
        (-0.9396926207859084, 0.3420201433256687),
        (-1.0, 0.0),
        (-0.9396926207859084, -0.3420201433256687),
        (-0.766044443118978, -0.6427876096865394),
        (-0.5, -0.8660254037844386),
        (-0.17364817766693036, -0.984807753012208),
        (0.17364817766693036, -0.984807753012208),
        (0.5, -0.8660254037844386),
        (0.766044443118978, -0.6427876096865394),
        (0.9396926207859084, -0.3420201433256687),
    ]
}
