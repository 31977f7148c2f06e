import CKernels

/// What an optimiser does to a parameter once its gradient g is known: rule, places and constants. The rule of one element reads and
/// writes nothing else, so an arithmetic may apply it to each as soon as its gradient is there.
public enum ParameterUpdate {
    /// momentum ← factor · momentum + g, value ← value − rate · momentum.
    case momentumSGD(value: Matrix, momentum: Matrix, rate: Float, factor: Float)
    /// first ← β1 first + (1 − β1) g, second ← β2 second + (1 − β2) g², value ← value − rate · first / (√second / correction + ε). The step's
    /// bias corrections are in rate (divided by 1 − β1ᵏ) and correction (√(1 − β2ᵏ)).
    case adam(
        value: Matrix, first: Matrix, second: Matrix, rate: Float, beta1: Double, beta2: Double, correction: Float, epsilon: Float)

    /// The parameter's own matrix.
    public var value: Matrix {
        switch self {
        case .momentumSGD(let value, _, _, _), .adam(let value, _, _, _, _, _, _, _): value
        }
    }

    /// - Precondition: the state has the value's shape.
    var kernel: weight_update {
        var kernel = weight_update()
        kernel.value = value.pointer
        switch self {
        case .momentumSGD(let value, let momentum, let rate, let factor):
            precondition(momentum.count == value.count, "a parameter and its momentum differ in size")
            kernel.kind = weight_update_momentum_sgd
            kernel.first = momentum.pointer
            kernel.rate = rate
            kernel.factor = factor
        case .adam(let value, let first, let second, let rate, let beta1, let beta2, let correction, let epsilon):
            precondition(first.count == value.count && second.count == value.count, "a parameter and its moments differ in size")
            kernel.kind = weight_update_adam
            kernel.first = first.pointer
            kernel.second = second.pointer
            kernel.rate = rate
            kernel.beta1 = Float(beta1)
            kernel.rest1 = Float(1 - beta1)
            kernel.beta2 = Float(beta2)
            kernel.rest2 = Float(1 - beta2)
            kernel.correction = correction
            kernel.epsilon = epsilon
        }
        return kernel
    }
}

extension Elementwise {
    /// Applies an update to an entire parameter whose gradient is stored.
    public func apply(_ update: ParameterUpdate, gradient: Matrix) {
        switch update {
        case .momentumSGD(let value, let momentum, let rate, let factor):
            momentumSGD(value: value, momentum: momentum, gradient: gradient, rate: rate, factor: factor)
        case .adam(let value, let first, let second, let rate, let beta1, let beta2, let correction, let epsilon):
            adam(
                value: value, first: first, second: second, gradient: gradient, rate: rate, beta1: beta1, beta2: beta2,
                correction: correction, epsilon: epsilon)
        }
    }
}
