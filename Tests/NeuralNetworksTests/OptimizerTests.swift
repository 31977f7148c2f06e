import NeuralNetworks
import Numerics
import Testing

@Suite("Optimisers")
struct OptimizerTests {
    let elementwise = arithmetic().elementwise
    static let gradients: [Double] = [0.5, -2, 0.25, 3, 0, -1e-3]

    static let schedules: [LearningRateSchedule] = [.constant, .linear(from: 2, to: 5, finalFraction: 0.1)]

    private func values(after makeOptimizer: ([Parameter]) -> any Optimizer) -> [Double] {
        let parameter = Parameter(name: "w", shape: [1])
        parameter.value.fill(1)
        let optimizer = makeOptimizer([parameter])
        return Self.gradients.enumerated().map { index, gradient in
            parameter.gradient.fill(Float(gradient))
            optimizer.update(step: index + 1, elementwise: elementwise)
            return Double(parameter.value[0, 0])
        }
    }

    @Test("momentum SGD is torch's: the rate, as scheduled, multiplies the momentum, not the gradient that enters it", arguments: schedules)
    func momentumSGD(_ schedule: LearningRateSchedule) {
        var weight = 1.0
        var momentum = 0.0
        let found = values { MomentumSGD(parameters: $0, learningRate: 0.1, momentum: 0.9, schedule: schedule) }
        for (index, (gradient, found)) in zip(Self.gradients, found).enumerated() {
            momentum = 0.9 * momentum + gradient
            weight -= 0.1 * schedule.factor(ofStep: index + 1) * momentum
            #expect(abs(found - weight) < 1e-6, "\(found), expected \(weight)")
        }
    }

    @Test("Adam is torch's: bias-corrected, ε outside the root, the rate as scheduled", arguments: schedules)
    func adam(_ schedule: LearningRateSchedule) {
        var weight = 1.0
        var first = 0.0
        var second = 0.0
        var power1 = 1.0
        var power2 = 1.0
        let found = values { Adam(parameters: $0, learningRate: 0.1, schedule: schedule) }
        for (index, (gradient, found)) in zip(Self.gradients, found).enumerated() {
            first = 0.9 * first + 0.1 * gradient
            second = 0.999 * second + 0.001 * gradient * gradient
            power1 *= 0.9
            power2 *= 0.999
            let rate = 0.1 * schedule.factor(ofStep: index + 1)
            weight -= rate * (first / (1 - power1)) / ((second / (1 - power2)).squareRoot() + 1e-8)
            #expect(abs(found - weight) < 2e-6, "\(found), expected \(weight)")
        }
    }

    @Test("Adam's first step is the learning rate against the gradient's sign, however small the gradient", arguments: [1e-6, 1, 1e6])
    func adamFirstStep(_ gradient: Double) {
        let parameter = Parameter(name: "w", shape: [1])
        parameter.gradient.fill(Float(gradient))
        Adam(parameters: [parameter], learningRate: 0.001).update(step: 1, elementwise: elementwise)
        #expect(abs(Double(parameter.value[0, 0]) + 0.001) < 2e-5)
    }

    @Test("state carries the parameters' names and shapes")
    func state() {
        let parameters = [Parameter(name: "a", shape: [2, 3]), Parameter(name: "b", shape: [4])]
        #expect(MomentumSGD(parameters: parameters, learningRate: 1, momentum: 0).state.map(\.name) == ["momentum/a", "momentum/b"])
        let adam = Adam(parameters: parameters, learningRate: 1).state
        #expect(adam.map(\.name) == ["adam/first/a", "adam/first/b", "adam/second/a", "adam/second/b"])
        #expect(adam.map(\.shape) == [[2, 3], [4], [2, 3], [4]])
    }
}
