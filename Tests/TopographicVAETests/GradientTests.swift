import Datasets
import NeuralNetworks
import Numerics
import Testing
import TopographicVAE

@Suite("Gradients against finite differences")
struct GradientTests {
    static let topographies: [Topography] = [
        .none, .shifting(window: 3, neighbourhood: 3), .shifting(window: 4, neighbourhood: 1), .stationary(time: 3, space: 2),
        .stationary(time: 1, space: 3),
    ]

    private func noiseMatrix(_ rows: Int, _ columns: Int, step: UInt32) -> Matrix {
        let matrix = Matrix(rows: rows, columns: columns)
        arithmetic().elementwise.fillNormal(matrix, Philox(seed: 11), .evaluation, step: step)
        return matrix
    }

    /// Whether the derivative of `loss` by central differences is the gradient's projection on the same direction: random, but with
    /// the gradient's signs, so that it is large beside the rounding of a loss in single precision.
    ///
    /// Long steps meet curvature and rectifiers' corners, short ones rounding; a wrong gradient agrees at none of them.
    private func disagreement(_ value: Matrix, _ gradient: Matrix, _ loss: () -> Double) -> String? {
        let direction = noiseMatrix(value.rows, value.columns, step: 99)
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

    @Test(
        "the topographic layer's, by z, u and mu",
        arguments: topographies.filter { $0 != .none } + [.torus(side: 4, window: 3), .torus(side: 4, window: 2)])
    func layer(_ topography: Topography) throws {
        var configuration = SmallModel.configuration(topography)
        if case .torus = topography { configuration.capsules = 4 }
        let latents = configuration.latents
        let layer = TopographicLayer(configuration)
        let elementwise = arithmetic().elementwise
        let z = noiseMatrix(8, latents, step: 1)
        let u = noiseMatrix(8, latents, step: 2)
        let cotangent = noiseMatrix(8, latents, step: 3)
        let mu = Matrix(rows: 1, columns: 1, values: [2])
        func empty() -> Matrix { Matrix(rows: 8, columns: latents) }
        let (t, zGradient, uGradient) = (empty(), empty(), empty())
        let workspace = TopographicLayer.Workspace(layer, frames: 8, training: true)
        func loss() -> Double {
            layer.forward(z: z, u: u, mu: mu[0, 0], into: t, workspace, elementwise: elementwise)
            return zip(t.buffer, cotangent.buffer).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        _ = loss()
        let muGradient = layer.backward(
            tGradient: cotangent, t: t, u: u, zGradient: zGradient, uGradient: uGradient, workspace, elementwise: elementwise)
        for (name, value, gradient) in [
            ("z", z, zGradient), ("u", u, uGradient), ("mu", mu, Matrix(rows: 1, columns: 1, values: [Float(muGradient)])),
        ] {
            let disagreement = disagreement(value, gradient, loss)
            #expect(disagreement == nil, "by \(name)")
        }
    }

    @Test("the entire model's, by every parameter", arguments: topographies, TestedArithmetic.allCases)
    func model(_ topography: Topography, _ tested: TestedArithmetic) throws {
        let model = try SmallModel.make(topography, arithmetic: tested.make())
        let step = TrainingStep(
            model: model, sequences: 2, optimizer: MomentumSGD(parameters: model.parameters, learningRate: 1, momentum: 0))
        var batch = SequenceBatch(sequences: 2, sequenceLength: 4, frameShape: model.configuration.frameShape, factorCount: 2)
        MovingBars().fill(&batch, split: .training, images: [3, 8], epoch: 1, seed: 1)
        step.pass.input.copy(from: batch.frames)
        // A point where t bends little, so that differences can be trusted: mu small, every u near 2 (near 0 its variance vanishes).
        model.mu?.value.fill(1.5)
        if let bias = model.uEncoder?.perceptron.layers.last?.bias.value {
            for index in 0..<bias.count { bias.pointer[index] = index < bias.count / 2 ? 2 : -4 }
        }
        let frozen = SmallModel.bits(model)
        let noise = PhiloxNoise.training(seed: 2, step: 0)
        _ = step.computeGradients(noise)
        let gradients = model.parameters.map { Matrix(rows: $0.gradient.rows, columns: $0.gradient.columns, values: $0.gradient.values) }
        for (parameter, gradient) in zip(model.parameters, gradients) {
            let disagreement = disagreement(parameter.value, gradient) { step.computeGradients(noise).loss }
            #expect(disagreement == nil, "by \(parameter.name)")
        }
        #expect(SmallModel.bits(model) == frozen, "gradients alone change no parameter")
    }
}
