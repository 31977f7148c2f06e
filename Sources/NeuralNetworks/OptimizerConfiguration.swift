/// How parameters follow their gradients.
public enum OptimizerConfiguration: Hashable, Sendable {
    case momentumSGD(learningRate: Float, momentum: Float, schedule: LearningRateSchedule = .constant)
    /// β1 = 0.9, β2 = 0.999, ε = 1e-8.
    case adam(learningRate: Float, schedule: LearningRateSchedule = .constant)

    /// Canonical text, part of a checkpoint's identity.
    public var identity: String {
        let scheduled = schedule.identity.map { ",schedule=\($0)" } ?? ""
        return switch self {
        case .momentumSGD(let learningRate, let momentum, _): "momentum-sgd(rate=\(learningRate),momentum=\(momentum)\(scheduled))"
        case .adam(let learningRate, _): "adam(rate=\(learningRate)\(scheduled))"
        }
    }

    private var schedule: LearningRateSchedule {
        switch self {
        case .momentumSGD(_, _, let schedule), .adam(_, let schedule): schedule
        }
    }

    /// Refuses what would not train: a rate that is not positive, a momentum outside [0, 1), a decay that ends before it begins.
    public func validate() throws(ConfigurationError) {
        let rate =
            switch self {
            case .momentumSGD(let learningRate, _, _), .adam(let learningRate, _): learningRate
            }
        try ConfigurationError.require(rate.isFinite && rate > 0, "the learning rate", rate, "a positive number")
        if case .momentumSGD(_, let momentum, _) = self {
            try ConfigurationError.require((0..<1).contains(momentum), "the momentum", momentum, "at least 0 and below 1")
        }
        try schedule.validate()
    }

    /// An optimiser of a model's parameters, before its first step.
    public func makeOptimizer(_ parameters: [Parameter]) -> any Optimizer {
        switch self {
        case .momentumSGD(let learningRate, let momentum, let schedule):
            MomentumSGD(parameters: parameters, learningRate: learningRate, momentum: momentum, schedule: schedule)
        case .adam(let learningRate, let schedule): Adam(parameters: parameters, learningRate: learningRate, schedule: schedule)
        }
    }
}
