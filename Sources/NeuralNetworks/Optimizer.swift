import Numerics

/// Turns gradients into changes of parameters. Its state is part of a checkpoint.
public protocol Optimizer: AnyObject {
    /// What it changes.
    var parameters: [Parameter] { get }

    /// The state, as named matrices with the shapes of the parameters: `momentum/<parameter>` and the like.
    var state: [NamedMatrix] { get }

    /// What it does to one parameter, given its gradient.
    ///
    /// - Parameters:
    ///   - index: the parameter's place in ``parameters``.
    ///   - step: the number of this update, counted from 1.
    func update(ofParameter index: Int, step: Int) -> ParameterUpdate
}

extension Optimizer {
    /// Changes every parameter's value by its stored gradient.
    ///
    /// - Parameter step: the number of this update, counted from 1.
    public func update(step: Int, elementwise: Elementwise) {
        for (index, parameter) in parameters.enumerated() {
            elementwise.apply(update(ofParameter: index, step: step), gradient: parameter.gradient)
        }
    }
}

/// One update of an optimiser, handed to a backward pass so that it applies gradients as they arise.
public struct OptimizerStep {
    private let optimizer: any Optimizer
    private let number: Int
    private let places: [ObjectIdentifier: Int]

    /// - Parameter number: counted from 1.
    public init(_ optimizer: any Optimizer, number: Int = 1) {
        self.optimizer = optimizer
        self.number = number
        places = Dictionary(uniqueKeysWithValues: optimizer.parameters.enumerated().map { (ObjectIdentifier($1), $0) })
    }

    private init(_ other: OptimizerStep, number: Int) {
        optimizer = other.optimizer
        places = other.places
        self.number = number
    }

    /// Another update of the same optimiser.
    public func numbered(_ number: Int) -> OptimizerStep { OptimizerStep(self, number: number) }

    /// - Precondition: `parameter` is one of the optimiser's.
    public func update(of parameter: Parameter) -> ParameterUpdate {
        guard let place = places[ObjectIdentifier(parameter)] else {
            preconditionFailure("\(parameter.name) is not among the optimiser's parameters")
        }
        return optimizer.update(ofParameter: place, step: number)
    }
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
