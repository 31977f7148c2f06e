import NeuralNetworks
import Numerics
import Testing

/// Sizes that a convolution, or a transposed one, is tested with.
struct ConvolutionCase: CustomTestStringConvertible {
    var images: Int
    var input: ImageShape
    var channels, kernel, kernelWidth, stride, padding: Int

    init(
        _ images: Int, _ height: Int, _ width: Int, _ inputs: Int, to channels: Int, kernel: Int, _ kernelWidth: Int? = nil, stride: Int,
        padding: Int
    ) {
        self.images = images
        input = ImageShape(height: height, width: width, channels: inputs)
        self.channels = channels
        self.kernel = kernel
        self.kernelWidth = kernelWidth ?? kernel
        self.stride = stride
        self.padding = padding
    }

    var testDescription: String {
        "\(images) × \(input.height)×\(input.width)×\(input.channels) to \(channels), kernel \(kernel)×\(kernelWidth), stride \(stride), padding \(padding)"
    }

    /// Every stride with every padding, kernels of 1 to 5, one channel, channels that fill vectors and that do not, single images.
    static let all = [
        ConvolutionCase(3, 8, 8, 1, to: 16, kernel: 4, stride: 2, padding: 1),
        ConvolutionCase(1, 7, 10, 3, to: 8, kernel: 3, stride: 2, padding: 0),
        ConvolutionCase(2, 5, 6, 16, to: 33, kernel: 3, stride: 1, padding: 1),
        ConvolutionCase(5, 11, 9, 5, to: 20, kernel: 5, stride: 3, padding: 2),
        ConvolutionCase(4, 6, 5, 34, to: 2, kernel: 1, stride: 1, padding: 0),
        ConvolutionCase(2, 9, 4, 8, to: 20, kernel: 2, 1, stride: 2, padding: 1),
        ConvolutionCase(2, 7, 8, 2, to: 5, kernel: 2, 3, stride: 3, padding: 0),
        ConvolutionCase(1, 3, 4, 6, to: 17, kernel: 3, stride: 1, padding: 2),
        ConvolutionCase(29, 6, 6, 20, to: 40, kernel: 4, stride: 2, padding: 1),
        ConvolutionCase(18, 9, 8, 16, to: 3, kernel: 3, stride: 2, padding: 1),
        ConvolutionCase(1, 1, 1, 1, to: 1, kernel: 1, stride: 1, padding: 0),
    ]

    func convolution(_ activation: Activation = .identity) -> Convolution2D {
        let layer = Convolution2D(
            prefix: "layer", input: input, channels: channels, kernel: kernel, kernelWidth: kernelWidth, stride: stride, padding: padding,
            activation: activation)
        layer.initialise(philox: Philox(seed: 5), index: 0, elementwise: arithmetic().elementwise)
        return layer
    }

    func transposed(_ activation: Activation = .identity) -> TransposedConvolution2D {
        let layer = TransposedConvolution2D(
            prefix: "layer", input: input, channels: channels, kernel: kernel, kernelWidth: kernelWidth, stride: stride, padding: padding,
            activation: activation)
        layer.initialise(philox: Philox(seed: 5), index: 0, elementwise: arithmetic().elementwise)
        return layer
    }

    /// Those whose transposed convolution leaves an image.
    static let transposable = all.filter {
        TransposedConvolution2D.outputShape(
            input: $0.input, channels: $0.channels, kernel: $0.kernel, kernelWidth: $0.kernelWidth, stride: $0.stride, padding: $0.padding)
            != nil
    }

    func direct(image: ImageShape, map: ImageShape) -> DirectConvolution {
        DirectConvolution(
            height: image.height, width: image.width, channels: image.channels, rows: map.height, columns: map.width,
            filters: map.channels, kernelHeight: kernel, kernelWidth: kernelWidth, stride: stride, padding: padding)
    }
}

/// The largest difference from what is expected, in parts of the largest expected number.
func difference(_ found: Matrix, _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    let largest = expected.map(abs).max() ?? 0
    return (zip(found.values, expected).map { abs(Double($0) - $1) }.max() ?? 0) / max(largest, 1e-3)
}
