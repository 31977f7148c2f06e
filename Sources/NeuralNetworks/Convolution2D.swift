import Numerics

/// A convolution over the two directions of an image, with stride and zero padding: y = activation(W ∗ x + b) in the field's sense, which is a
/// correlation. Images have their channels last (``ImageShape``).
///
/// weight[f, (ky · KW + kx) · C + c] meets x[oy · stride − padding + ky, ox · stride − padding + kx, c] in output channel f at (oy, ox): torch's
/// weight [F, C, KH, KW] with the channels last.
public struct Convolution2D {
    public let input: ImageShape
    public let output: ImageShape
    /// The kernel's height; its width is ``kernelWidth``.
    public let kernel: Int
    public let kernelWidth: Int
    public let stride: Int
    public let padding: Int
    public let activation: Activation
    /// [output channels, KH · KW · input channels]
    public let weight: Parameter
    public let bias: Parameter
    private let shape: ConvolutionShape

    /// Named `prefix.weight` and `prefix.bias`; all zero until initialised.
    ///
    /// - Parameters:
    ///   - channels: of the output.
    ///   - kernelWidth: as the kernel's height unless given.
    /// - Precondition: the sizes fit; ``outputShape(input:channels:kernel:kernelWidth:stride:padding:)`` tells for sizes from outside.
    public init(
        prefix: String, input: ImageShape, channels: Int, kernel: Int, kernelWidth: Int? = nil, stride: Int, padding: Int,
        activation: Activation
    ) {
        guard
            let shape = ConvolutionShape(
                image: input, filters: channels, kernelHeight: kernel, kernelWidth: kernelWidth ?? kernel, stride: stride, padding: padding)
        else { preconditionFailure("\(prefix): no convolution of \(input) to \(channels) channels by kernels of \(kernel)") }
        self.shape = shape
        self.input = input
        output = shape.map
        self.kernel = kernel
        self.kernelWidth = shape.kernelWidth
        self.stride = stride
        self.padding = padding
        self.activation = activation
        weight = Parameter(name: prefix + ".weight", shape: [channels, shape.filterCount])
        bias = Parameter(name: prefix + ".bias", shape: [channels])
    }

    /// The output of a convolution of these sizes: ⌊(size + 2 · padding − kernel) / stride⌋ + 1 in each direction.
    ///
    /// - Returns: nil where there is none, as ``ConvolutionShape`` says.
    public static func outputShape(input: ImageShape, channels: Int, kernel: Int, kernelWidth: Int? = nil, stride: Int, padding: Int)
        -> ImageShape?
    {
        ConvolutionShape(
            image: input, filters: channels, kernelHeight: kernel, kernelWidth: kernelWidth ?? kernel, stride: stride, padding: padding)?
            .map
    }

    public var parameters: [Parameter] { [weight, bias] }

    /// Torch's default initialisation, as ``Dense/initialise(fanIn:philox:index:elementwise:)``, with fan_in = KH · KW · input channels.
    ///
    /// - Parameter index: the weight's number in the model; the bias has the next one.
    public func initialise(philox: Philox, index: UInt32, elementwise: Elementwise) {
        let bound = Float(1 / Double(shape.filterCount).squareRoot())
        elementwise.fillUniform(weight.value, bound: bound, philox, .initialisation, step: index)
        elementwise.fillUniform(bias.value, bound: bound, philox, .initialisation, step: index + 1)
    }

    /// What passes through a layer need besides their results. One at a time may use it; made once, so that steps allocate nothing.
    public final class Workspace {
        let scratch = ConvolutionScratch()
        let images: Int

        /// - Parameters:
        ///   - images: the most that a pass has.
        ///   - training: whether there are backward passes.
        public init(_ layer: Convolution2D, images: Int, training: Bool) { self.images = images }
    }

    /// output[N, OH·OW·F] from input[N, H·W·C]. In portable arithmetic a row depends on its own input alone, to the bit.
    public func forward(_ input: Matrix, into output: Matrix, workspace: Workspace, arithmetic: any Arithmetic) {
        precondition(input.rows <= workspace.images, "\(input.rows) images in a workspace for \(workspace.images)")
        arithmetic.correlate(
            image: input, weight: weight.value, shape: shape, finish: .bias(bias.value, activation), map: output, scratch: workspace.scratch
        )
    }

    /// Computes the parameters' gradients and, where asked, the input's.
    ///
    /// - Parameters:
    ///   - outputGradient: by the sums BEFORE this layer's activation, [N, OH·OW·F].
    ///   - rectifierOutput: the input again where a rectifier made it; its gradient is then by that rectifier's argument.
    ///   - inputGradient: receives the gradient by the input, [N, H·W·C].
    ///   - updating: as in ``Dense/backward(outputGradient:input:rectifierOutput:inputGradient:updating:arithmetic:)``.
    public func backward(
        outputGradient: Matrix, input: Matrix, rectifierOutput: Matrix?, inputGradient: Matrix?, workspace: Workspace,
        updating: OptimizerStep? = nil, arithmetic: any Arithmetic
    ) {
        precondition(input.rows <= workspace.images, "\(input.rows) images in a workspace for \(workspace.images)")
        // First, because it reads the weight that the update changes.
        if let inputGradient {
            arithmetic.spread(
                map: outputGradient, weight: weight.value, shape: shape, finish: rectifierOutput.map { .rectifierMask($0) } ?? .none,
                image: inputGradient, scratch: workspace.scratch)
        }
        arithmetic.elementwise.columnSums(outputGradient, columns: output.channels, into: bias.gradient)
        guard let updating else {
            arithmetic.filterGradient(
                map: outputGradient, image: input, shape: shape, gradient: weight.gradient, scratch: workspace.scratch)
            return
        }
        arithmetic.updateFilters(
            map: outputGradient, image: input, shape: shape, gradient: weight.gradient, update: updating.update(of: weight),
            scratch: workspace.scratch)
        arithmetic.elementwise.apply(updating.update(of: bias), gradient: bias.gradient)
    }
}
