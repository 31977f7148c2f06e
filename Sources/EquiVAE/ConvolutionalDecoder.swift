import NeuralNetworks
import Numerics

/// p(x | r, v): the mirror of ``ConvolutionalFeatures``. (r, v) [N, R + V] goes through two dense layers and two 4×4 transposed convolutions of
/// stride 2 to the image [N, H·W·C]; rectifiers between, and at the end what the likelihood asks for.
struct ConvolutionalDecoder {
    let dense: MultilayerPerceptron
    let first: TransposedConvolution2D
    let second: TransposedConvolution2D

    init(prefix: String, _ configuration: EquiVAEConfiguration) {
        let image = configuration.image
        let smallest = ImageShape(height: image.height / 4, width: image.width / 4, channels: configuration.channels.second)
        dense = MultilayerPerceptron(
            prefix: "\(prefix).dense",
            sizes: [configuration.invariantSize + configuration.equivariantSize, configuration.hidden, smallest.count],
            outputActivation: .rectifier)
        first = TransposedConvolution2D(
            prefix: "\(prefix).0", input: smallest, channels: configuration.channels.first, kernel: 4, stride: 2, padding: 1,
            activation: .rectifier)
        second = TransposedConvolution2D(
            prefix: "\(prefix).1", input: first.output, channels: image.channels, kernel: 4, stride: 2, padding: 1,
            activation: configuration.likelihood == .bernoulli ? .sigmoid : .identity)
    }

    var parameters: [Parameter] { dense.parameters + first.parameters + second.parameters }

    func initialise(philox: Philox, firstIndex: UInt32, elementwise: Elementwise) {
        for (number, layer) in dense.layers.enumerated() {
            layer.initialise(fanIn: layer.inputs, philox: philox, index: firstIndex + 2 * UInt32(number), elementwise: elementwise)
        }
        first.initialise(philox: philox, index: firstIndex + 4, elementwise: elementwise)
        second.initialise(philox: philox, index: firstIndex + 6, elementwise: elementwise)
    }

    /// What the layers compute for N pairs (r, v).
    final class Activations {
        fileprivate let dense: MultilayerPerceptron.Activations
        fileprivate let first: Matrix
        /// The sigmoids' probabilities or the Gaussians' means, [N, H·W·C].
        let image: Matrix
        /// Gradient by the last layer's sums before its activation, [N, H·W·C]: to be filled before the backward pass.
        let imageGradient: Matrix
        fileprivate let firstGradient: Matrix
        fileprivate let firstWorkspace: TransposedConvolution2D.Workspace
        fileprivate let secondWorkspace: TransposedConvolution2D.Workspace

        init(_ layers: ConvolutionalDecoder, rows: Int, training: Bool) {
            func matrix(_ columns: Int, gradient: Bool = false) -> Matrix {
                Matrix(rows: gradient && !training ? 0 : rows, columns: columns)
            }
            dense = MultilayerPerceptron.Activations(layers.dense, rows: rows, training: training)
            first = matrix(layers.first.output.count)
            image = matrix(layers.second.output.count)
            firstGradient = matrix(layers.first.output.count, gradient: true)
            imageGradient = matrix(layers.second.output.count, gradient: true)
            firstWorkspace = TransposedConvolution2D.Workspace(layers.first, images: rows, training: training)
            secondWorkspace = TransposedConvolution2D.Workspace(layers.second, images: rows, training: training)
        }
    }

    func forward(_ input: Matrix, _ activations: Activations, arithmetic: any Arithmetic) {
        dense.forward(input, activations.dense, arithmetic: arithmetic)
        first.forward(activations.dense.output, into: activations.first, workspace: activations.firstWorkspace, arithmetic: arithmetic)
        second.forward(activations.first, into: activations.image, workspace: activations.secondWorkspace, arithmetic: arithmetic)
    }

    /// Sets, or with `updating` applies, all parameters' gradients from `activations.imageGradient`, and gives the gradient by (r, v).
    func backward(
        _ input: Matrix, _ activations: Activations, inputGradient: Matrix, updating: OptimizerStep?, arithmetic: any Arithmetic
    ) {
        second.backward(
            outputGradient: activations.imageGradient, input: activations.first, rectifierOutput: activations.first,
            inputGradient: activations.firstGradient, workspace: activations.secondWorkspace, updating: updating, arithmetic: arithmetic)
        first.backward(
            outputGradient: activations.firstGradient, input: activations.dense.output, rectifierOutput: activations.dense.output,
            inputGradient: activations.dense.outputGradient, workspace: activations.firstWorkspace, updating: updating,
            arithmetic: arithmetic)
        dense.backward(input, activations.dense, inputGradient: inputGradient, updating: updating, arithmetic: arithmetic)
    }
}
