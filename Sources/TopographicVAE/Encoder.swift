import NeuralNetworks
import Numerics

/// q(z | x), and likewise q(u | x): an MLP D → 3s → 2s → 2s whose outputs are means and log-variances, one frame at a time.
public struct Encoder {
    public let perceptron: MultilayerPerceptron
    /// s
    public let latents: Int

    public init(prefix: String, frameSize: Int, latents: Int) {
        self.latents = latents
        perceptron = MultilayerPerceptron(
            prefix: prefix, sizes: [frameSize, 3 * latents, 2 * latents, 2 * latents], outputActivation: .identity)
    }

    /// A convolution over the entire frame, then 1×1 convolutions: fan_in is the number of inputs throughout.
    func initialise(philox: Philox, firstIndex: UInt32, elementwise: Elementwise) {
        for (number, layer) in perceptron.layers.enumerated() {
            layer.initialise(fanIn: layer.inputs, philox: philox, index: firstIndex + 2 * UInt32(number), elementwise: elementwise)
        }
    }
}
