import EquiVAE
import NeuralNetworks
import Numerics
import Testing

@Suite("EquiVAE's gradients against finite differences")
struct GradientTests {
    /// Whether the derivative of the loss by central differences is the gradient's projection on the same direction: random, but with the
    /// gradient's signs, so that it is large beside the rounding of a loss in single precision.
    private func disagreement(_ parameter: Parameter, _ gradient: Matrix, _ loss: () -> Double) -> String? {
        let value = parameter.value
        let direction = Matrix(rows: value.rows, columns: value.columns)
        TestedArithmetic.portable.make().elementwise.fillNormal(direction, Philox(seed: 11), .evaluation, step: 99)
        for index in 0..<direction.count {
            direction.pointer[index] = gradient.pointer[index] < 0 ? -abs(direction.pointer[index]) : abs(direction.pointer[index])
        }
        let computed = zip(gradient.buffer, direction.buffer).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        let original = value.values
        func moved(_ distance: Float) -> Double {
            for index in 0..<value.count { value.pointer[index] = original[index] + distance * direction.pointer[index] }
            return loss()
        }
        let steps: [Float] = [2e-3, 1e-3, 3e-4, 1e-4]
        let measured = steps.map { (moved($0) - moved(-$0)) / Double(2 * $0) }
        value.copy(from: original)
        if measured.contains(where: { abs($0 - computed) < 1e-2 * abs(computed) + 1e-3 }) { return nil }
        return "computed \(computed), measured \(measured) at steps \(steps)"
    }

    // All classes are summed: a drawn class's part in the gradient is right on average only, which another test shows.
    @Test("the loss's, by every parameter", arguments: PixelLikelihood.allCases, [0, 4])
    func loss(_ likelihood: PixelLikelihood, _ unlabelled: Int) throws {
        let model = try SmallModel.make(SmallModel.configuration(likelihood: likelihood, channels: 2))
        let step = EquiVAEStep(
            model: model,
            objective: TrainingObjective(
                classificationWeight: 1.5, unlabelledBatch: unlabelled, boundExamples: 2, classifierWarmup: 0, balanceWeight: 2,
                dropout: 0.3, exactClasses: 3),
            labelledShare: unlabelled == 0 ? 1 : 0.4,
            optimizer: MomentumSGD(parameters: model.parameters, learningRate: 1, momentum: 0))
        step.input.copy(from: waves(step.input.count, phase: 0.5, scale: 0.45).map { 0.5 + $0 })
        // Away from the symmetric start, where most gradients are small.
        for parameter in model.parameters {
            for index in 0..<parameter.value.count { parameter.value.pointer[index] *= 1.5 }
        }
        let frozen = SmallModel.bits(model)
        let noise = RecordedNoise(uniforms: [Double](repeating: 0.5, count: unlabelled))
        _ = step.computeGradients(noise, number: 1)
        let gradients = model.parameters.map { Matrix(rows: $0.gradient.rows, columns: $0.gradient.columns, values: $0.gradient.values) }
        for (parameter, gradient) in zip(model.parameters, gradients) {
            let disagreement = disagreement(parameter, gradient) { step.computeGradients(noise, number: 1).loss }
            #expect(disagreement == nil, "by \(parameter.name)")
        }
        #expect(SmallModel.bits(model) == frozen, "gradients alone change no parameter")
    }
}
