import NeuralNetworks
import Numerics

/// A convolutional VAE on 28×28 grey images, in training: two convolutions of 4×4 and stride 2, a dense layer of 256, 16 latent variables, and the
/// same way back; Bernoulli likelihood, Adam. 1.69 million parameters with 32 channels, as in Benchmarks/pytorch_convolution_step.py.
final class ConvolutionalVAE {
    static let image = ImageShape(height: 28, width: 28, channels: 1)
    private static let latents = 16
    private static let hidden = 256
    private static let seed = 1 as UInt64

    private let arithmetic: any Arithmetic
    private let convolutions: [Convolution2D]
    private let transposed: [TransposedConvolution2D]
    /// To the hidden layer and the latents' head, and from the latents to the hidden layer and the map.
    private let dense: [Dense]
    private let optimizer: OptimizerStep
    private let parameterCount: Int
    private var number = 0

    private let input: Matrix
    private let convolutionWork: [Convolution2D.Workspace]
    private let transposedWork: [TransposedConvolution2D.Workspace]
    private let maps: [Matrix]
    private let mapGradients: [Matrix]
    private let images: [Matrix]
    private let imageGradients: [Matrix]
    private let outputs: [Matrix]
    private let gradients: [Matrix]
    private let head: GaussianHead
    private let sampleGradient: Matrix

    /// - Parameters:
    ///   - batch: images of a step; they are random numbers, so that nothing is zero.
    ///   - channels: of the first convolution; the second has twice as many.
    init(arithmetic: any Arithmetic, batch: Int, channels: Int) {
        self.arithmetic = arithmetic
        func convolution(_ index: Int, _ input: ImageShape, _ channels: Int) -> Convolution2D {
            Convolution2D(
                prefix: "encoder.\(index)", input: input, channels: channels, kernel: 4, stride: 2, padding: 1, activation: .rectifier)
        }
        func transposed(_ index: Int, _ input: ImageShape, _ channels: Int, _ activation: Activation) -> TransposedConvolution2D {
            TransposedConvolution2D(
                prefix: "decoder.\(index)", input: input, channels: channels, kernel: 4, stride: 2, padding: 1, activation: activation)
        }
        let first = convolution(0, ConvolutionalVAE.image, channels)
        let second = convolution(1, first.output, 2 * channels)
        let third = transposed(0, second.output, channels, .rectifier)
        let fourth = transposed(1, third.output, ConvolutionalVAE.image.channels, .sigmoid)
        convolutions = [first, second]
        self.transposed = [third, fourth]
        let sizes = [
            (second.output.count, ConvolutionalVAE.hidden), (ConvolutionalVAE.hidden, 2 * ConvolutionalVAE.latents),
            (ConvolutionalVAE.latents, ConvolutionalVAE.hidden), (ConvolutionalVAE.hidden, third.input.count),
        ]
        dense = sizes.enumerated().map { index, size in
            Dense(prefix: "dense.\(index)", inputs: size.0, outputs: size.1, activation: index == 1 ? .identity : .rectifier)
        }
        let philox = Philox(seed: ConvolutionalVAE.seed)
        var index = 0 as UInt32
        for layer in convolutions {
            layer.initialise(philox: philox, index: index, elementwise: arithmetic.elementwise)
            index += 2
        }
        for layer in dense {
            layer.initialise(fanIn: layer.inputs, philox: philox, index: index, elementwise: arithmetic.elementwise)
            index += 2
        }
        for layer in self.transposed {
            layer.initialise(philox: philox, index: index, elementwise: arithmetic.elementwise)
            index += 2
        }
        let parameters = convolutions.flatMap(\.parameters) + dense.flatMap(\.parameters) + self.transposed.flatMap(\.parameters)
        parameterCount = parameters.map(\.value.count).reduce(0, +)
        optimizer = OptimizerStep(Adam(parameters: parameters, learningRate: 1e-4))

        func matrices(_ counts: [Int]) -> [Matrix] { counts.map { Matrix(rows: batch, columns: $0) } }
        convolutionWork = convolutions.map { Convolution2D.Workspace($0, images: batch, training: true) }
        transposedWork = self.transposed.map { TransposedConvolution2D.Workspace($0, images: batch, training: true) }
        maps = matrices(convolutions.map(\.output.count))
        mapGradients = matrices(convolutions.map(\.output.count))
        images = matrices(self.transposed.map(\.output.count))
        imageGradients = matrices(self.transposed.map(\.output.count))
        outputs = matrices(dense.map(\.outputs))
        gradients = matrices(dense.map(\.outputs))
        head = GaussianHead(size: ConvolutionalVAE.latents, rows: batch)
        sampleGradient = Matrix(rows: batch, columns: ConvolutionalVAE.latents)
        input = Matrix(rows: batch, columns: ConvolutionalVAE.image.count)
        arithmetic.elementwise.fillUniform(input, bound: 0.5, philox, .figure, step: 0)
        for index in 0..<input.count { input.pointer[index] += 0.5 }
    }

    /// Multiply-adds and additions of a step's products, counting each as one.
    var operations: Double {
        let images = Double(2 * input.rows)
        let filters =
            convolutions.map { Double($0.weight.value.count * $0.output.height * $0.output.width) }
            + transposed.map { Double($0.weight.value.count * $0.input.height * $0.input.width) }
        let matrices = dense.map { Double($0.weight.value.count) }
        // Forward, by the weight, and but for the first layer by the input.
        return images * (3 * (filters + matrices).reduce(0, +) - filters[0])
    }

    /// Bytes of weights and moments that a step must at least move: read and written for the update.
    var bytes: Double { Double(parameterCount) * 3 * 2 * 4 }

    /// One training step: forward, backward, update. Returns the loss, nats per image.
    func step() -> Double {
        number += 1
        let elementwise = arithmetic.elementwise
        let scale = 1 / Float(input.rows)
        let update = optimizer.numbered(number)

        convolutions[0].forward(input, into: maps[0], workspace: convolutionWork[0], arithmetic: arithmetic)
        convolutions[1].forward(maps[0], into: maps[1], workspace: convolutionWork[1], arithmetic: arithmetic)
        dense[0].forward(maps[1], into: outputs[0], arithmetic: arithmetic)
        dense[1].forward(outputs[0], into: outputs[1], arithmetic: arithmetic)
        elementwise.fillNormal(head.noise, Philox(seed: ConvolutionalVAE.seed), .figure, step: UInt32(number))
        head.reparameterize(outputs[1], elementwise: elementwise)
        let divergence = head.divergence(outputs[1], elementwise: elementwise)
        dense[2].forward(head.sample, into: outputs[2], arithmetic: arithmetic)
        dense[3].forward(outputs[2], into: outputs[3], arithmetic: arithmetic)
        transposed[0].forward(outputs[3], into: images[0], workspace: transposedWork[0], arithmetic: arithmetic)
        transposed[1].forward(images[0], into: images[1], workspace: transposedWork[1], arithmetic: arithmetic)
        let likelihood = BernoulliLikelihood.negativeLogLikelihood(
            probability: images[1], target: input, scale: scale, argumentGradient: imageGradients[1], elementwise: elementwise)

        transposed[1].backward(
            outputGradient: imageGradients[1], input: images[0], rectifierOutput: images[0], inputGradient: imageGradients[0],
            workspace: transposedWork[1], updating: update, arithmetic: arithmetic)
        transposed[0].backward(
            outputGradient: imageGradients[0], input: outputs[3], rectifierOutput: outputs[3], inputGradient: gradients[3],
            workspace: transposedWork[0], updating: update, arithmetic: arithmetic)
        backward(3, input: outputs[2], rectified: true, inputGradient: gradients[2], update)
        backward(2, input: head.sample, rectified: false, inputGradient: sampleGradient, update)
        head.backward(
            sampleGradient: sampleGradient, encoded: outputs[1], divergenceScale: scale, encodedGradient: gradients[1],
            elementwise: elementwise)
        backward(1, input: outputs[0], rectified: true, inputGradient: gradients[0], update)
        backward(0, input: maps[1], rectified: true, inputGradient: mapGradients[1], update)
        convolutions[1].backward(
            outputGradient: mapGradients[1], input: maps[0], rectifierOutput: maps[0], inputGradient: mapGradients[0],
            workspace: convolutionWork[1], updating: update, arithmetic: arithmetic)
        convolutions[0].backward(
            outputGradient: mapGradients[0], input: input, rectifierOutput: nil, inputGradient: nil, workspace: convolutionWork[0],
            updating: update, arithmetic: arithmetic)
        return (likelihood + divergence) * Double(scale)
    }

    private func backward(_ index: Int, input: Matrix, rectified: Bool, inputGradient: Matrix, _ update: OptimizerStep) {
        dense[index].backward(
            outputGradient: gradients[index], input: input, rectifierOutput: rectified ? input : nil, inputGradient: inputGradient,
            updating: update, arithmetic: arithmetic)
    }
}
