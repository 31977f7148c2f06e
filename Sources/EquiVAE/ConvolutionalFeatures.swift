import NeuralNetworks
import Numerics

/// Two 4×4 convolutions of stride 2, which halve the image twice, a rectifier after each: x [N, H·W·C] becomes features [N, F]. f and the encoder
/// each begin with one of their own.
struct ConvolutionalFeatures {
    let first: Convolution2D
    let second: Convolution2D

    init(prefix: String, _ configuration: EquiVAEConfiguration) {
        first = Convolution2D(
            prefix: "\(prefix).0", input: configuration.image, channels: configuration.channels.first, kernel: 4, stride: 2, padding: 1,
            activation: .rectifier)
        second = Convolution2D(
            prefix: "\(prefix).1", input: first.output, channels: configuration.channels.second, kernel: 4, stride: 2, padding: 1,
            activation: .rectifier)
    }

    var parameters: [Parameter] { first.parameters + second.parameters }
    /// F
    var count: Int { second.output.count }

    /// The number of parameters that ``initialise(philox:firstIndex:elementwise:)`` numbers.
    static let parameterCount: UInt32 = 4

    func initialise(philox: Philox, firstIndex: UInt32, elementwise: Elementwise) {
        first.initialise(philox: philox, index: firstIndex, elementwise: elementwise)
        second.initialise(philox: philox, index: firstIndex + 2, elementwise: elementwise)
    }

    /// What the layers compute for N images; made once and filled at every step.
    final class Activations {
        fileprivate let first: Matrix
        /// [N, F]
        let features: Matrix
        /// Gradient by the second convolution's sums before its rectifier, [N, F]: to be filled before the backward pass.
        let featuresGradient: Matrix
        fileprivate let firstGradient: Matrix
        fileprivate let firstWorkspace: Convolution2D.Workspace
        fileprivate let secondWorkspace: Convolution2D.Workspace

        init(_ layers: ConvolutionalFeatures, images: Int, training: Bool) {
            func matrix(_ columns: Int, gradient: Bool = false) -> Matrix {
                Matrix(rows: gradient && !training ? 0 : images, columns: columns)
            }
            first = matrix(layers.first.output.count)
            features = matrix(layers.count)
            firstGradient = matrix(layers.first.output.count, gradient: true)
            featuresGradient = matrix(layers.count, gradient: true)
            firstWorkspace = Convolution2D.Workspace(layers.first, images: images, training: training)
            secondWorkspace = Convolution2D.Workspace(layers.second, images: images, training: training)
        }
    }

    func forward(_ input: Matrix, _ activations: Activations, arithmetic: any Arithmetic) {
        first.forward(input, into: activations.first, workspace: activations.firstWorkspace, arithmetic: arithmetic)
        second.forward(activations.first, into: activations.features, workspace: activations.secondWorkspace, arithmetic: arithmetic)
    }

    /// Sets, or with `updating` applies, all parameters' gradients from `activations.featuresGradient`.
    func backward(_ input: Matrix, _ activations: Activations, updating: OptimizerStep?, arithmetic: any Arithmetic) {
        second.backward(
            outputGradient: activations.featuresGradient, input: activations.first, rectifierOutput: activations.first,
            inputGradient: activations.firstGradient, workspace: activations.secondWorkspace, updating: updating, arithmetic: arithmetic)
        first.backward(
            outputGradient: activations.firstGradient, input: input, rectifierOutput: nil, inputGradient: nil,
            workspace: activations.firstWorkspace, updating: updating, arithmetic: arithmetic)
    }
}
