import NeuralNetworks

/// How parameters follow their gradients.
public enum OptimizerConfiguration: Hashable, Sendable {
    /// The paper's: rate 1e-4, momentum 0.9.
    case momentumSGD(learningRate: Float, momentum: Float)
    /// β1 = 0.9, β2 = 0.999, ε = 1e-8.
    case adam(learningRate: Float)

    /// Canonical text, part of a checkpoint's identity.
    public var identity: String {
        switch self {
        case .momentumSGD(let learningRate, let momentum): "momentum-sgd(rate=\(learningRate),momentum=\(momentum))"
        case .adam(let learningRate): "adam(rate=\(learningRate))"
        }
    }

    func validate() throws(ConfigurationError) {
        let rate =
            switch self {
            case .momentumSGD(let learningRate, _), .adam(let learningRate): learningRate
            }
        try ConfigurationError.require(rate.isFinite && rate > 0, "the learning rate", rate, "a positive number")
        if case .momentumSGD(_, let momentum) = self {
            try ConfigurationError.require((0..<1).contains(momentum), "the momentum", momentum, "at least 0 and below 1")
        }
    }

    /// An optimiser of all of a model's parameters.
    public func makeOptimizer(for model: TopographicVAE) -> any Optimizer { makeOptimizer(model.parameters) }

    func makeOptimizer(_ parameters: [Parameter]) -> any Optimizer {
        switch self {
        case .momentumSGD(let learningRate, let momentum):
            MomentumSGD(parameters: parameters, learningRate: learningRate, momentum: momentum)
        case .adam(let learningRate): Adam(parameters: parameters, learningRate: learningRate)
        }
    }
}
