import Datasets
import NeuralNetworks
import Numerics

/// p(x | t): an MLP s → 2s → 3s → D with a sigmoid at the end.
///
/// The reference builds it of transposed convolutions over 1×1 inputs, which shows in two places: the last layer has one bias per
/// channel, and fan_in at initialisation is out_channels · kernel area.
public struct Decoder {
    public let perceptron: MultilayerPerceptron

    public init(prefix: String, frameShape: FrameShape, latents: Int) {
        perceptron = MultilayerPerceptron(
            prefix: prefix, sizes: [latents, 2 * latents, 3 * latents, frameShape.count], outputActivation: .sigmoid,
            outputBiases: frameShape.channels)
    }

    /// The first two layers have 1×1 kernels, so out_channels · area is their number of OUTPUTS (2s and 3s); the last has
    /// height × width kernels: channels · height · width, again its number of outputs.
    func initialise(philox: Philox, firstIndex: UInt32, elementwise: Elementwise) {
        for (number, layer) in perceptron.layers.enumerated() {
            layer.initialise(fanIn: layer.outputs, philox: philox, index: firstIndex + 2 * UInt32(number), elementwise: elementwise)
        }
    }
}
