import Numerics

/// A categorical distribution per row, from logits [N, K]: log-probabilities in double, in nats.
///
/// Everything is computed in index order by portable functions, so the same logits give the same bits everywhere.
public struct Categorical {
    public let classes: Int
    /// log p, [N, K] row by row.
    public private(set) var logProbabilities: [Double]

    public init(rows: Int, classes: Int) {
        self.classes = classes
        logProbabilities = [Double](repeating: 0, count: rows * classes)
    }

    public var rows: Int { logProbabilities.count / classes }

    /// The softmax of each row of the logits.
    ///
    /// - Precondition: `logits` is [rows, classes].
    public mutating func set(logits: Matrix) {
        precondition(logits.rows == rows && logits.columns == classes, "logits of another shape")
        for row in 0..<rows {
            let values = logits.row(row)
            let largest = Double(values.max() ?? 0)
            let sum = values.reduce(0.0) { $0 + PortableMath.exponential(Double($1) - largest) }
            let normaliser = largest + PortableMath.logarithm(sum)
            for index in 0..<classes { logProbabilities[row * classes + index] = Double(values[index]) - normaliser }
        }
    }

    public func logProbability(_ index: Int, row: Int) -> Double { logProbabilities[row * classes + index] }

    public func probability(_ index: Int, row: Int) -> Double { PortableMath.exponential(logProbability(index, row: row)) }

    /// −Σ p log p of a row, nats.
    public func entropy(row: Int) -> Double {
        (0..<classes).reduce(0) { $0 - probability($1, row: row) * logProbability($1, row: row) }
    }

    /// The most probable class of a row, the first of several.
    public func mode(row: Int) -> Int {
        (1..<classes).reduce(0) { logProbability($1, row: row) > logProbability($0, row: row) ? $1 : $0 }
    }
}
