import Numerics

/// Features less their mean over their standard deviation, in double precision; a feature that never varies is 0.
struct StandardisedFeatures {
    let matrix: Matrix
    /// [D].
    let means: [Double]
    /// [D]: 1 / standard deviation (over N), 0 for a feature that never varies.
    let scales: [Double]

    /// What does not vary by more than this fraction of its size varies by rounding alone: single precision has steps of 6 · 10⁻⁸.
    private static let constancy = 1e-12

    init(_ matrix: Matrix) {
        let (rows, columns) = (matrix.rows, matrix.columns)
        var means = [Double](repeating: 0, count: columns)
        var largest = [Double](repeating: 0, count: columns)
        for row in 0..<rows {
            let values = matrix.row(row)
            for column in 0..<columns {
                means[column] += Double(values[column])
                largest[column] = max(largest[column], abs(Double(values[column])))
            }
        }
        for column in 0..<columns { means[column] /= Double(rows) }
        // A second pass: the mean square less the squared mean would cancel for features far from 0.
        var squares = [Double](repeating: 0, count: columns)
        for row in 0..<rows {
            let values = matrix.row(row)
            for column in 0..<columns {
                let deviation = Double(values[column]) - means[column]
                squares[column] += deviation * deviation
            }
        }
        self.matrix = matrix
        self.means = means
        scales = (0..<columns).map { column in
            let deviation = (squares[column] / Double(rows)).squareRoot()
            return deviation > StandardisedFeatures.constancy * largest[column] ? 1 / deviation : 0
        }
    }

    /// The number of features, and the 1 that the bias multiplies.
    var width: Int { means.count + 1 }

    /// Writes rows as [rows, D + 1], the last column 1.
    func fill(_ target: UnsafeMutablePointer<Double>, rows: Range<Int>) {
        means.withUnsafeBufferPointer { means in
            scales.withUnsafeBufferPointer { scales in
                for (offset, row) in rows.enumerated() {
                    let values = matrix.row(row)
                    let place = target + offset * width
                    for column in 0..<means.count { place[column] = (Double(values[column]) - means[column]) * scales[column] }
                    place[means.count] = 1
                }
            }
        }
    }
}
