import Numerics
import Testing

@Suite("Topographic sums")
struct TopographicSumTests {
    let elementwise = Elementwise(pool: ThreadPool(threads: 2))

    @Test("agree with the definition, circular in rows and columns, groups and lanes apart")
    func definition() {
        let (groups, rows, lanes, columns) = (2, 5, 3, 4)
        let input = sampleMatrix(groups * rows, lanes * columns, stream: 1)
        let factor = sampleMatrix(groups * rows, lanes * columns, stream: 2)
        let output = Matrix(rows: groups * rows, columns: lanes * columns)
        let taps = [(0, 0), (1, 1), (-1, -1), (2, 0), (-2, 3), (7, -9)].map { TopographicTap(rowShift: $0.0, columnShift: $0.1) }
        elementwise.topographicSum(
            input, squared: true, factor: factor, into: output, groups: groups, lanes: lanes,
            neighbourhood: TopographicNeighbourhood(taps, rows: rows, columns: columns),
            scratch: Matrix(rows: groups, columns: (rows + 1) * lanes * columns))
        func wrap(_ value: Int, _ size: Int) -> Int { ((value % size) + size) % size }
        for group in 0..<groups {
            for row in 0..<rows {
                for lane in 0..<lanes {
                    for column in 0..<columns {
                        let sum = taps.reduce(0.0) { sum, tap in
                            let value = Double(
                                input[
                                    group * rows + wrap(row - tap.rowShift, rows), lane * columns + wrap(column - tap.columnShift, columns)]
                            )
                            return sum + value * value
                        }
                        let place = (group * rows + row, lane * columns + column)
                        let expected = 2 * Double(factor[place.0, place.1]) * sum
                        #expect(abs(Double(output[place.0, place.1]) - expected) < 1e-5)
                    }
                }
            }
        }
    }
}
