/// A 28×28 image with a border of one zero on every side, read between its pixels.
///
/// The border lets a warp take all four neighbours of any place that is not wholly outside, without asking for each whether it is there.
enum BorderedImage {
    /// The image's own height and width.
    static let side = MNISTImages.side
    /// With the border.
    static let borderedSide = side + 2

    /// The bilinear value at (`x`, `y`): whole numbers are pixel centres of the image, and outside it everything is zero.
    ///
    /// Only additions, products and quotients of IEEE numbers, in this order: every machine makes the same bits.
    ///
    /// - Parameter image: [30, 30].
    @inline(__always)
    static func value(of image: UnsafeBufferPointer<Float>, x: Double, y: Double) -> Float {
        // Strictly between the border's rows and columns; elsewhere all four neighbours are zero. (Nor is NaN between them.)
        guard x > -1, x < Double(side), y > -1, y < Double(side) else { return 0 }
        // One is added for the border, which also makes truncation round down.
        let left = Int(x + 1)
        let top = Int(y + 1)
        let rightWeight = Float(x + 1 - Double(left))
        let bottomWeight = Float(y + 1 - Double(top))
        let corner = top * borderedSide + left
        let upper = image[corner] * (1 - rightWeight) + image[corner + 1] * rightWeight
        let lower = image[corner + borderedSide] * (1 - rightWeight) + image[corner + borderedSide + 1] * rightWeight
        return upper * (1 - bottomWeight) + lower * bottomWeight
    }
}
