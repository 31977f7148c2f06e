import Numerics

/// A trainable matrix with its gradient, known by its name in checkpoints and weight files.
public final class Parameter {
    public let name: String
    /// The shape that files record: [outputs, inputs] for weights, [count] for biases and scalars.
    public let shape: [Int]
    public let value: Matrix
    /// Made when first asked for: where updates are applied as gradients arise, a weight's is never stored.
    public private(set) lazy var gradient = Matrix(rows: value.rows, columns: value.columns)

    /// - Precondition: `shape` has one or two entries.
    public init(name: String, shape: [Int]) {
        precondition(shape.count == 1 || shape.count == 2, "\(name): a parameter has one or two dimensions")
        self.name = name
        self.shape = shape
        let rows = shape.count == 2 ? shape[0] : 1
        let columns = shape[shape.count - 1]
        value = Matrix(rows: rows, columns: columns)
    }

    /// The value as files have it.
    public var named: NamedMatrix { NamedMatrix(name: name, shape: shape, matrix: value) }
}
