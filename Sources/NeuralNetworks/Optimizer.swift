import Numerics

/// Turns gradients into changes of parameters. Its state is part of a checkpoint.
public protocol Optimizer: AnyObject {
    /// The state, as named matrices with the shapes of the parameters: `momentum/<parameter>` and the like.
    var state: [NamedMatrix] { get }

    /// Changes every parameter's value by its gradient.
    ///
    /// - Parameter step: the number of this update, counted from 1.
    func update(step: Int, elementwise: Elementwise)
}

/// A matrix under the name and shape that it has in a file.
public struct NamedMatrix {
    public var name: String
    public var shape: [Int]
    public var matrix: Matrix

    public init(name: String, shape: [Int], matrix: Matrix) {
        self.name = name
        self.shape = shape
        self.matrix = matrix
    }
}
