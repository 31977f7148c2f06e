import Numerics

/// Adam in torch's form, with bias correction.
///
/// Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1; torch adds ε to
/// √(second / (1 − β2ᵏ)), as here.
public final class Adam: Optimizer {
    public let learningRate: Float
    public let schedule: LearningRateSchedule
    public let beta1: Double
    public let beta2: Double
    public let epsilon: Float
    public let parameters: [Parameter]
    private let first: [Matrix]
    private let second: [Matrix]

    public init(
        parameters: [Parameter], learningRate: Float, schedule: LearningRateSchedule = .constant, beta1: Double = 0.9,
        beta2: Double = 0.999,
        epsilon: Float = 1e-8
    ) {
        self.parameters = parameters
        self.learningRate = learningRate
        self.schedule = schedule
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        first = parameters.map { Matrix(rows: $0.value.rows, columns: $0.value.columns) }
        second = parameters.map { Matrix(rows: $0.value.rows, columns: $0.value.columns) }
    }

    public var state: [NamedMatrix] {
        zip(parameters, first).map { NamedMatrix(name: "adam/first/" + $0.name, shape: $0.shape, matrix: $1) }
            + zip(parameters, second).map { NamedMatrix(name: "adam/second/" + $0.name, shape: $0.shape, matrix: $1) }
    }

    public func update(ofParameter index: Int, step: Int) -> ParameterUpdate {
        let rate = Float(Double(learningRate) * schedule.factor(ofStep: step) / (1 - Adam.power(beta1, step)))
        let correction = Float((1 - Adam.power(beta2, step)).squareRoot())
        return .adam(
            value: parameters[index].value, first: first[index], second: second[index], rate: rate, beta1: beta1, beta2: beta2,
            correction: correction, epsilon: epsilon)
    }

    /// baseᵏ by repeated squaring: unlike `pow`, the same bits whatever mathematical library is installed.
    static func power(_ base: Double, _ exponent: Int) -> Double {
        var result = 1.0
        var square = base
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }
}
