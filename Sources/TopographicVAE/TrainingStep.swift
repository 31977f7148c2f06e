import NeuralNetworks
import Numerics

/// A step's losses, per frame, in nats: the batch's sums divided by B·S.
public struct StepStatistics: Hashable, Sendable {
    public var negativeLogLikelihood: Double
    /// Both latents' divergence.
    public var kl: Double
    public var loss: Double { negativeLogLikelihood + kl }
}

/// One step of training: the evidence lower bound of a batch, its gradient by every parameter, and the optimiser's update.
///
///     L = (Σ KL(q(z|x) ‖ p(z)) + Σ KL(q(u|x) ‖ p(u)) − Σ log p(x|t)) / (B·S)
///
/// Source: Keller and Welling 2021, section 4.3; the mean over B·S is the authors' code.
public final class TrainingStep {
    public let model: TopographicVAE
    public let pass: ForwardPass
    public let optimizer: any Optimizer
    private let firstUpdate: OptimizerStep
    private let tGradient: Matrix
    private let zGradient: Matrix?
    private let uGradient: Matrix?

    public init(model: TopographicVAE, sequences: Int, optimizer: any Optimizer) {
        self.model = model
        self.optimizer = optimizer
        firstUpdate = OptimizerStep(optimizer)
        pass = ForwardPass(model: model, sequences: sequences, training: true)
        let latents = model.configuration.latents
        tGradient = Matrix(rows: pass.frames, columns: latents)
        let isTopographic = model.topographicLayer != nil
        zGradient = isTopographic ? Matrix(rows: pass.frames, columns: latents) : nil
        uGradient = isTopographic ? Matrix(rows: pass.frames, columns: latents) : nil
    }

    /// Computes the loss of `pass.input` and sets every parameter's gradient.
    public func computeGradients(_ noise: some NoiseSource) -> StepStatistics { compute(noise, updating: nil) }

    /// Computes the loss and changes the parameters by their gradients as these arise, the last layers first: each layer's gradient by
    /// its input is taken before its weight changes, so the result is that of ``computeGradients(_:)`` and then the optimiser.
    ///
    /// - Parameter number: the update's number, counted from 1.
    public func run(_ noise: some NoiseSource, number: Int) -> StepStatistics {
        compute(noise, updating: firstUpdate.numbered(number))
    }

    private func compute(_ noise: some NoiseSource, updating: OptimizerStep?) -> StepStatistics {
        pass.run(noise)
        let arithmetic = model.arithmetic
        let elementwise = arithmetic.elementwise
        let frames = Double(pass.frames)
        let scale = Float(1 / frames)

        let likelihood = BernoulliLikelihood.negativeLogLikelihood(
            probability: pass.probability, target: pass.input, scale: scale, argumentGradient: pass.decoded.outputGradient,
            elementwise: elementwise)
        let statistics = StepStatistics(negativeLogLikelihood: likelihood / frames, kl: pass.divergence() / frames)

        model.decoder.perceptron.backward(pass.t, pass.decoded, inputGradient: tGradient, updating: updating, arithmetic: arithmetic)
        if let layer = model.topographicLayer, let topographic = pass.topographic, let zGradient, let uGradient, let u = pass.u,
            let encodedU = pass.encodedU, let uEncoder = model.uEncoder, let mu = model.mu
        {
            let muGradient = layer.backward(
                tGradient: tGradient, t: pass.t, u: u.sample, zGradient: zGradient, uGradient: uGradient, topographic,
                elementwise: elementwise)
            mu.gradient[0, 0] = Float(muGradient)
            if let updating { elementwise.apply(updating.update(of: mu), gradient: mu.gradient) }
            encoderBackward(uEncoder, u, encodedU, sampleGradient: uGradient, scale: scale, updating)
        }
        encoderBackward(model.zEncoder, pass.z, pass.encodedZ, sampleGradient: zGradient ?? tGradient, scale: scale, updating)
        return statistics
    }

    private func encoderBackward(
        _ encoder: Encoder, _ head: GaussianHead, _ encoded: MultilayerPerceptron.Activations, sampleGradient: Matrix, scale: Float,
        _ updating: OptimizerStep?
    ) {
        head.backward(
            sampleGradient: sampleGradient, encoded: encoded.output, divergenceScale: scale, encodedGradient: encoded.outputGradient,
            elementwise: model.arithmetic.elementwise)
        encoder.perceptron.backward(pass.input, encoded, inputGradient: nil, updating: updating, arithmetic: model.arithmetic)
    }
}
