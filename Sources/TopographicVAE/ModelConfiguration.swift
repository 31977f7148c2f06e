import Datasets
import NeuralNetworks

/// Everything that fixes a model's shape and its untrained state, the seed aside.
public struct ModelConfiguration: Hashable, Sendable {
    public var frameShape: FrameShape
    /// S, the frames of a sequence.
    public var sequenceLength: Int
    /// The number of capsules.
    public var capsules: Int
    /// d, the number of latents of a capsule.
    public var capsuleSize: Int
    public var topography: Topography
    /// μ before training; 30 in the paper's sequence models, 10 on its torus.
    public var initialMu: Float

    public init(
        frameShape: FrameShape, sequenceLength: Int, capsules: Int, capsuleSize: Int, topography: Topography, initialMu: Float = 30
    ) {
        self.frameShape = frameShape
        self.sequenceLength = sequenceLength
        self.capsules = capsules
        self.capsuleSize = capsuleSize
        self.topography = topography
        self.initialMu = initialMu
    }

    /// s, the number of latents of a frame.
    public var latents: Int { capsules * capsuleSize }

    /// Canonical text: two configurations with the same text make the same model. Kept in weights and checkpoints.
    public var identity: String {
        "topographic-vae frame=\(frameShape.channels)x\(frameShape.height)x\(frameShape.width) sequence=\(sequenceLength) "
            + "capsules=\(capsules)x\(capsuleSize) topography=\(topography)" + (topography == .none ? "" : " mu=\(initialMu)")
    }

    /// The most that one size may be. With it no product of sizes overflows, and the largest layer stays below 2^31 weights.
    private static let largest = 1 << 20

    /// Refuses sizes that make no model, or one that no memory holds.
    public func validate() throws(ConfigurationError) {
        for (name, size) in [
            ("frame channels", frameShape.channels), ("frame height", frameShape.height), ("frame width", frameShape.width),
            ("sequence length", sequenceLength), ("the number of capsules", capsules), ("the capsule size", capsuleSize),
        ] {
            try ConfigurationError.require(
                (1...ModelConfiguration.largest).contains(size), name, size, "1 ... \(ModelConfiguration.largest)")
        }
        try ConfigurationError.require(latents <= 1 << 15, "the number of latents", latents, "at most \(1 << 15)")
        let pixels = frameShape.height * frameShape.width
        try ConfigurationError.require(
            pixels <= 1 << 26 && frameShape.count <= (1 << 31) / (3 * latents), "the frame", "\(frameShape.count) values",
            "at most \((1 << 31) / (3 * latents)) with \(latents) latents")
        try ConfigurationError.require(initialMu.isFinite, "the initial mu", initialMu, "a finite number")
        try topography.validate(sequenceLength: sequenceLength, capsules: capsules, capsuleSize: capsuleSize)
    }
}
