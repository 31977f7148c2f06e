import Numerics

/// A transposed convolution, the adjoint of a ``Convolution2D`` from its output to its input, with a bias and an activation of its own: each
/// input pixel paints a kernel's area of the output, the areas `stride` apart, `padding` pixels cut off at each border.
///
/// weight[i, (ky · KW + kx) · O + o] carries x[iy, ix, i] to output channel o at (iy · stride − padding + ky, ix · stride − padding + kx): torch's
/// weight [I, O, KH, KW] with the output's channels last, and the weight of the convolution that it is the adjoint of.
public struct TransposedConvolution2D {
    public let input: ImageShape
    public let output: ImageShape
    /// The kernel's height; its width is ``kernelWidth``.
    public let kernel: Int
    public let kernelWidth: Int
    public let stride: Int
    public let padding: Int
    public let activation: Activation
    /// [input channels, KH · KW · output channels]
    public let weight: Parameter
    /// One per output channel.
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
                map: input, channels: channels, kernelHeight: kernel, kernelWidth: kernelWidth ?? kernel, stride: stride, padding: padding)
        else { preconditionFailure("\(prefix): no transposed convolution of \(input) to \(channels) channels by kernels of \(kernel)") }
        self.shape = shape
        self.input = input
        output = shape.image
        self.kernel = kernel
        self.kernelWidth = shape.kernelWidth
        self.stride = stride
        self.padding = padding
        self.activation = activation
        weight = Parameter(name: prefix + ".weight", shape: [input.channels, shape.filterCount])
        bias = Parameter(name: prefix + ".bias", shape: [channels])
    }

    /// The output of a transposed convolution of these sizes: (size − 1) · stride − 2 · padding + kernel in each direction.
    ///
    /// - Returns: nil where there is none, as ``ConvolutionShape`` says.
    public static func outputShape(input: ImageShape, channels: Int, kernel: Int, kernelWidth: Int? = nil, stride: Int, padding: Int)
        -> ImageShape?
    {
        ConvolutionShape(
            map: input, channels: channels, kernelHeight: kernel, kernelWidth: kernelWidth ?? kernel, stride: stride, padding: padding)?
            .image
    }

    public var parameters: [Parameter] { [weight, bias] }

    /// Torch's default initialisation, as ``Dense/initialise(fanIn:philox:index:elementwise:)``, with what torch calls fan_in here: KH · KW ·
    /// output channels.
    ///
    /// - Parameter index: the weight's number in the model; the bias has the next one.
    public func initialise(philox: Philox, index: UInt32, elementwise: Elementwise) {
        let bound = Float(1 / Double(shape.filterCount).squareRoot())
        elementwise.fillUniform(weight.value, bound: bound, philox, .initialisation, step: index)
        elementwise.fillUniform(bias.value, bound: bound, philox, .initialisation, step: index + 1)
    }

    /// As ``Convolution2D/Workspace``.
    public final class Workspace {
        let scratch = ConvolutionScratch()
        let images: Int

        /// - Parameters:
        ///   - images: the most that a pass has.
        ///   - training: whether there are backward passes.
        public init(_ layer: TransposedConvolution2D, images: Int, training: Bool) { self.images = images }
    }

    /// output[N, OH·OW·O] from input[N, H·W·I]. In portable arithmetic a row depends on its own input alone, to the bit.
    public func forward(_ input: Matrix, into output: Matrix, workspace: Workspace, arithmetic: any Arithmetic) {
        precondition(input.rows <= workspace.images, "\(input.rows) images in a workspace for \(workspace.images)")
        arithmetic.spread(
            map: input, weight: weight.value, shape: shape, finish: .bias(bias.value, activation), image: output, scratch: workspace.scratch
        )
    }

    /// Computes the parameters' gradients and, where asked, the input's; parameters as in
    /// ``Convolution2D/backward(outputGradient:input:rectifierOutput:inputGradient:workspace:updating:arithmetic:)``.
    public func backward(
        outputGradient: Matrix, input: Matrix, rectifierOutput: Matrix?, inputGradient: Matrix?, workspace: Workspace,
        updating: OptimizerStep? = nil, arithmetic: any Arithmetic
    ) {
        precondition(input.rows <= workspace.images, "\(input.rows) images in a workspace for \(workspace.images)")
        // First, because it reads the weight that the update changes.
        if let inputGradient {
            arithmetic.correlate(
                image: outputGradient, weight: weight.value, shape: shape, finish: rectifierOutput.map { .rectifierMask($0) } ?? .none,
                map: inputGradient, scratch: workspace.scratch)
        }
        arithmetic.elementwise.columnSums(outputGradient, columns: output.channels, into: bias.gradient)
        guard let updating else {
            arithmetic.filterGradient(
                map: input, image: outputGradient, shape: shape, gradient: weight.gradient, scratch: workspace.scratch)
            return
        }
        arithmetic.updateFilters(
            map: input, image: outputGradient, shape: shape, gradient: weight.gradient, update: updating.update(of: weight),
            scratch: workspace.scratch)
        arithmetic.elementwise.apply(updating.update(of: bias), gradient: bias.gradient)
    }
}
