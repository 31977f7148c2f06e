import Numerics
import Testing

/// Sums are taken in passes of 2048 numbers; where one ends must not show.
@Suite("Sums longer than one pass")
struct LongSumTests {
    let elementwise = Elementwise(pool: ThreadPool(threads: 2))

    @Test("of columns add first to last, across passes too", arguments: [1, 5, 100, 5000])
    func columns(sums: Int) {
        let input = sampleMatrix(3, 5000, stream: 1)
        let found = Matrix(rows: 1, columns: sums)
        elementwise.columnSums(input, into: found)
        let span = 5000 / sums
        let expected = (0..<sums).map { index in
            var total = 0.0
            for column in index * span..<(index + 1) * span {
                total += (0..<3).reduce(0.0) { $0 + Double(input[$1, column]) }
            }
            return Float(total)
        }
        #expect(found.values.map(\.bitPattern) == expected.map(\.bitPattern))
    }

    @Test("of rows give each row its own, and their total first to last", arguments: [2047, 2048, 2049, 4100])
    func rows(count: Int) {
        let head = sampleMatrix(count, 4, stream: 2)
        let deviation = Matrix(rows: count, columns: 2)
        elementwise.gaussianSample(
            head: head, noise: sampleMatrix(count, 2, stream: 3), deviation: deviation, sample: Matrix(rows: count, columns: 2))
        var rows = [Double](repeating: .nan, count: count)
        let total = rows.withUnsafeMutableBufferPointer { elementwise.gaussianDivergence(head: head, deviation: deviation, rowSums: $0) }
        #expect(total == rows.reduce(0, +))
        for row in [0, 2046, count - 1] {
            let alone = elementwise.gaussianDivergence(
                head: Matrix(rows: 1, columns: 4, values: Array(head.row(row))),
                deviation: Matrix(rows: 1, columns: 2, values: Array(deviation.row(row))))
            #expect(rows[row] == alone, "row \(row)")
        }
    }
}
