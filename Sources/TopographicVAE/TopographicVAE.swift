import Datasets
import NeuralNetworks
import Numerics

/// The Topographic VAE of Keller and Welling, NeurIPS 2021, and, with ``Topography/none``, the plain VAE that it is compared with.
///
/// Frames x become (z, u) by two encoders, each frame on its own; t mixes the u's of a sequence (``TopographicLayer``); the decoder
/// turns t into p(x | t). ``ForwardPass`` does this for a batch, ``TrainingStep`` improves the parameters by it.
public final class TopographicVAE {
    public let configuration: ModelConfiguration
    public let arithmetic: any Arithmetic
    public let zEncoder: Encoder
    /// nil in a plain VAE.
    public let uEncoder: Encoder?
    public let decoder: Decoder
    /// One trainable scalar; nil in a plain VAE.
    public let mu: Parameter?
    public let topographicLayer: TopographicLayer?

    private init(shapedBy configuration: ModelConfiguration, arithmetic: any Arithmetic) throws(ConfigurationError) {
        try configuration.validate()
        self.configuration = configuration
        self.arithmetic = arithmetic
        let frameSize = configuration.frameShape.count
        let latents = configuration.latents
        zEncoder = Encoder(prefix: "z_encoder", frameSize: frameSize, latents: latents)
        decoder = Decoder(prefix: "decoder", frameShape: configuration.frameShape, latents: latents)
        if configuration.topography == .none {
            uEncoder = nil
            mu = nil
            topographicLayer = nil
        } else {
            uEncoder = Encoder(prefix: "u_encoder", frameSize: frameSize, latents: latents)
            mu = Parameter(name: "mu", shape: [1])
            topographicLayer = TopographicLayer(configuration)
        }
    }

    /// An untrained model. Parameters are numbered z encoder 0–5, decoder 6–11, u encoder 12–17, so that a VAE and a TVAE of one seed
    /// share what they have in common.
    public convenience init(configuration: ModelConfiguration, seed: UInt64, arithmetic: any Arithmetic) throws(ConfigurationError) {
        try self.init(shapedBy: configuration, arithmetic: arithmetic)
        let philox = Philox(seed: seed)
        zEncoder.initialise(philox: philox, firstIndex: 0, elementwise: arithmetic.elementwise)
        decoder.initialise(philox: philox, firstIndex: 6, elementwise: arithmetic.elementwise)
        uEncoder?.initialise(philox: philox, firstIndex: 12, elementwise: arithmetic.elementwise)
        mu?.value.fill(configuration.initialMu)
    }

    /// A model with weights from a safetensors file. Files of another configuration are refused.
    public convenience init(configuration: ModelConfiguration, weights path: String, arithmetic: any Arithmetic) throws {
        try self.init(shapedBy: configuration, arithmetic: arithmetic)
        try WeightsFile.read(path, configuration: configuration.identity, into: parameters)
    }

    /// Every trainable parameter, in a fixed order.
    public var parameters: [Parameter] {
        zEncoder.perceptron.parameters + (uEncoder?.perceptron.parameters ?? []) + decoder.perceptron.parameters + [mu].compactMap { $0 }
    }

    /// Writes the weights as safetensors, named as in `parameters`. The bytes depend on the weights and the configuration alone; the
    /// file appears under its name only when complete.
    public func saveWeights(_ path: String) throws(SafetensorsError) {
        try WeightsFile.write(parameters, configuration: configuration.identity, to: path)
    }

    /// Refuses a data set whose sequences this model cannot read.
    func checkFits(_ dataset: any SequenceDataset) throws(ConfigurationError) {
        guard dataset.frameShape == configuration.frameShape else {
            func text(_ shape: FrameShape) -> String { "\(shape.channels)×\(shape.height)×\(shape.width)" }
            throw .mismatch(what: "frame shape", model: text(configuration.frameShape), dataset: text(dataset.frameShape))
        }
        guard dataset.sequenceLength == configuration.sequenceLength else {
            throw .mismatch(
                what: "sequence length", model: "\(configuration.sequenceLength)", dataset: "\(dataset.sequenceLength)")
        }
    }
}
