import NeuralNetworks
import Numerics

/// Everything that a model computes for a batch of B sequences; made once per batch size and filled again and again, so that
/// neither training nor evaluation allocates.
public final class ForwardPass {
    public let model: TopographicVAE
    /// B
    public let sequences: Int
    /// x, [B·S, D]: to be filled by the caller.
    public let input: Matrix
    let encodedZ: MultilayerPerceptron.Activations
    let encodedU: MultilayerPerceptron.Activations?
    public let z: GaussianHead
    public let u: GaussianHead?
    let topographic: TopographicLayer.Workspace?
    private let mixed: Matrix?
    let decoded: MultilayerPerceptron.Activations

    public init(model: TopographicVAE, sequences: Int, training: Bool = false) {
        self.model = model
        self.sequences = sequences
        let configuration = model.configuration
        let frames = sequences * configuration.sequenceLength
        let latents = configuration.latents
        input = Matrix(rows: frames, columns: configuration.frameShape.count)
        encodedZ = MultilayerPerceptron.Activations(model.zEncoder.perceptron, rows: frames, training: training)
        z = GaussianHead(size: latents, rows: frames)
        if let uEncoder = model.uEncoder, let layer = model.topographicLayer {
            encodedU = MultilayerPerceptron.Activations(uEncoder.perceptron, rows: frames, training: training)
            u = GaussianHead(size: latents, rows: frames)
            topographic = TopographicLayer.Workspace(layer, frames: frames, training: training)
            mixed = Matrix(rows: frames, columns: latents)
        } else {
            encodedU = nil
            u = nil
            topographic = nil
            mixed = nil
        }
        decoded = MultilayerPerceptron.Activations(model.decoder.perceptron, rows: frames, training: training)
    }

    /// B·S
    public var frames: Int { input.rows }
    /// t, [B·S, s]; z itself in a plain VAE.
    public var t: Matrix { mixed ?? z.sample }
    /// p(x | t), [B·S, D].
    public var probability: Matrix { decoded.output }

    private var elementwise: Elementwise { model.arithmetic.elementwise }

    /// Means and log-variances of q(z | x) and q(u | x) from the input.
    public func encode() {
        model.zEncoder.perceptron.forward(input, encodedZ, arithmetic: model.arithmetic)
        if let uEncoder = model.uEncoder, let encodedU { uEncoder.perceptron.forward(input, encodedU, arithmetic: model.arithmetic) }
    }

    /// Draws z and u, and from them t.
    public func sample(_ noise: some NoiseSource) {
        noise.fill(z.noise, for: .z, elementwise: elementwise)
        z.reparameterize(encodedZ.output, elementwise: elementwise)
        guard let u, let encodedU, let layer = model.topographicLayer, let topographic, let mu = model.mu, let mixed else { return }
        noise.fill(u.noise, for: .u, elementwise: elementwise)
        u.reparameterize(encodedU.output, elementwise: elementwise)
        layer.forward(z: z.sample, u: u.sample, mu: mu.value[0, 0], into: mixed, topographic, elementwise: elementwise)
    }

    /// p(x | t) from ``t``.
    public func decode() { decode(t) }

    /// p(x | t) from other activations of the same shape.
    public func decode(_ activations: Matrix) {
        model.decoder.perceptron.forward(activations, decoded, arithmetic: model.arithmetic)
    }

    /// Encodes, samples and decodes.
    public func run(_ noise: some NoiseSource) {
        encode()
        sample(noise)
        decode()
    }

    /// Σ over frames of KL(q(z | x) ‖ p(z)) + KL(q(u | x) ‖ p(u)), nats; after ``sample(_:)``.
    public func divergence() -> Double {
        var sum = z.divergence(encodedZ.output, elementwise: elementwise)
        if let u, let encodedU { sum += u.divergence(encodedU.output, elementwise: elementwise) }
        return sum
    }

    /// Σ over frames of −log p(x | t), nats; after a decoding. `rows` receives each frame's own.
    public func negativeLogLikelihood(rows: UnsafeMutableBufferPointer<Double>? = nil) -> Double {
        BernoulliLikelihood.negativeLogLikelihood(probability: probability, target: input, rows: rows, elementwise: elementwise)
    }
}
