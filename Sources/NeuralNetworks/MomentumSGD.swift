import Numerics

/// Stochastic gradient descent with momentum in torch's form: m ← momentum · m + g, w ← w − learningRate · m, m initially 0.
///
/// Sutskever et al. 2013 (equation 1) put the rate into m; the two differ where the rate changes.
public final class MomentumSGD: Optimizer {
    public let learningRate: Float
    public let momentum: Float
    public let schedule: LearningRateSchedule
    public let parameters: [Parameter]
    private let momenta: [Matrix]

    public init(parameters: [Parameter], learningRate: Float, momentum: Float, schedule: LearningRateSchedule = .constant) {
        self.parameters = parameters
        self.learningRate = learningRate
        self.momentum = momentum
        self.schedule = schedule
        momenta = parameters.map { Matrix(rows: $0.value.rows, columns: $0.value.columns) }
    }

    public var state: [NamedMatrix] {
        zip(parameters, momenta).map { NamedMatrix(name: "momentum/" + $0.name, shape: $0.shape, matrix: $1) }
    }

    public func update(ofParameter index: Int, step: Int) -> ParameterUpdate {
        .momentumSGD(
            value: parameters[index].value, momentum: momenta[index], rate: Float(Double(learningRate) * schedule.factor(ofStep: step)),
            factor: momentum)
    }
}
