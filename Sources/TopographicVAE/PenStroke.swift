/// How a digit was written: what its pixels tell of the width and the slant of the stroke. Ours; the paper shows both in pictures only.
public struct PenStroke: Hashable, Sendable {
    /// Twice the ink over the length of its outline, pixels: for a stroke of width w and length l, 2 · w·l / 2l.
    public var width: Double
    /// −Σ ink (x − x̄)(y − ȳ) / Σ ink (y − ȳ)², columns a row, upwards: above 0 leans to the right.
    public var slant: Double

    /// nil for a picture without ink, or without height.
    ///
    /// - Parameter pixels: [height, width] in [0, 1], rows top to bottom, 0 is paper.
    public init?(pixels: UnsafeBufferPointer<Float>, height: Int, width: Int) {
        precondition(pixels.count == height * width, "\(pixels.count) pixels of \(height) by \(width)")
        var (ink, outline, x, y) = (0.0, 0.0, 0.0, 0.0)
        func pixel(_ row: Int, _ column: Int) -> Double { row < height && column < width ? Double(pixels[row * width + column]) : 0 }
        for row in 0..<height {
            for column in 0..<width {
                let value = pixel(row, column)
                let (across, down) = (pixel(row, column + 1) - value, pixel(row + 1, column) - value)
                outline += (across * across + down * down).squareRoot()
                ink += value
                x += value * Double(column)
                y += value * Double(row)
            }
        }
        guard ink > 0, outline > 0 else { return nil }
        let (meanX, meanY) = (x / ink, y / ink)
        var (products, squares) = (0.0, 0.0)
        for row in 0..<height {
            for column in 0..<width {
                let (across, down) = (Double(column) - meanX, Double(row) - meanY)
                products += pixel(row, column) * across * down
                squares += pixel(row, column) * down * down
            }
        }
        guard squares > 0 else { return nil }
        self.width = 2 * ink / outline
        slant = -products / squares
    }
}
