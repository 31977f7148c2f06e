/// A digit of 3 by 5 pixels.
struct PixelDigit {
    static let width = 3
    static let height = 5

    /// Rows top to bottom, the left pixel in the highest of three bits.
    private let rows: [UInt8]

    /// nil for numbers of more than one digit.
    init?(_ number: Int) {
        let shapes: [[UInt8]] = [
            [7, 5, 5, 5, 7], [2, 6, 2, 2, 7], [7, 1, 7, 4, 7], [7, 1, 7, 1, 7], [5, 5, 7, 1, 1], [7, 4, 7, 1, 7], [7, 4, 7, 5, 7],
            [7, 1, 2, 2, 2], [7, 5, 7, 5, 7], [7, 5, 7, 1, 7],
        ]
        guard shapes.indices.contains(number) else { return nil }
        rows = shapes[number]
    }

    func hasInk(row: Int, column: Int) -> Bool {
        rows.indices.contains(row) && (0..<PixelDigit.width).contains(column) && rows[row] >> (PixelDigit.width - 1 - column) & 1 == 1
    }
}
