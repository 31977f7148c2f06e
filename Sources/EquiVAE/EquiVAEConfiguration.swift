import NeuralNetworks
import Numerics

/// How an image's values are distributed around what the decoder gives.
public enum PixelLikelihood: String, Hashable, Sendable, CaseIterable {
    /// One Bernoulli per value, for grey images in [0, 1]; the decoder ends in a sigmoid.
    case bernoulli
    /// One Gaussian per value with a learned scale that all values share; the decoder's outputs are the means.
    case gaussian
}

/// Everything that fixes a model's shape and its untrained state, the seed aside.
///
/// The paper (Feige 2019) fixes the roles of the networks, not their shapes: all sizes are this project's choice (the model artifact's
/// meta.json gives the reasons).
public struct EquiVAEConfiguration: Hashable, Sendable {
    /// H × W × C, both sides multiples of 4.
    public var image: ImageShape
    /// K
    public var classes: Int
    /// Channels of the two strided convolutions of each network.
    public var channels: (first: Int, second: Int) {
        get { (firstChannels, secondChannels) }
        set { (firstChannels, secondChannels) = newValue }
    }
    private var firstChannels: Int
    private var secondChannels: Int
    /// Units of each network's dense layer.
    public var hidden: Int
    /// R, the dimension of the invariant representation r.
    public var invariantSize: Int
    /// V, the dimension of the equivariant representation v.
    public var equivariantSize: Int
    /// m, the number of OTHER examples of a class that make its r.
    public var complementaryExamples: Int
    public var likelihood: PixelLikelihood

    public init(
        image: ImageShape, classes: Int, channels: (first: Int, second: Int), hidden: Int, invariantSize: Int, equivariantSize: Int,
        complementaryExamples: Int, likelihood: PixelLikelihood
    ) {
        self.image = image
        self.classes = classes
        firstChannels = channels.first
        secondChannels = channels.second
        self.hidden = hidden
        self.invariantSize = invariantSize
        self.equivariantSize = equivariantSize
        self.complementaryExamples = complementaryExamples
        self.likelihood = likelihood
    }

    /// Canonical text: two configurations with the same text make the same model. Kept in weights and checkpoints.
    public var identity: String {
        "equivae image=\(image.height)x\(image.width)x\(image.channels) classes=\(classes) channels=\(firstChannels),\(secondChannels) "
            + "hidden=\(hidden) r=\(invariantSize) v=\(equivariantSize) m=\(complementaryExamples) likelihood=\(likelihood.rawValue)"
    }

    /// Refuses sizes that make no model, or one that no memory holds.
    public func validate() throws(ConfigurationError) {
        for (name, size, most) in [
            ("image height", image.height, 256), ("image width", image.width, 256), ("image channels", image.channels, 16),
            ("the first convolution's channels", firstChannels, 1024), ("the second convolution's channels", secondChannels, 1024),
            ("the dense layer's units", hidden, 1 << 14), ("the dimension of r", invariantSize, 200),
            ("the dimension of v", equivariantSize, 200), ("the number of complementary examples", complementaryExamples, 256),
        ] {
            try ConfigurationError.require((1...most).contains(size), name, size, "1 ... \(most)")
        }
        try ConfigurationError.require((2...1024).contains(classes), "the number of classes", classes, "2 ... 1024")
        for (name, side) in [("image height", image.height), ("image width", image.width)] {
            try ConfigurationError.require(side % 4 == 0, name, side, "a multiple of 4, which two convolutions of stride 2 divide")
        }
    }
}
