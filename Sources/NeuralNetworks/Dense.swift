import Numerics

/// A dense layer, y = activation(x Wᵀ + b), with W [outputs, inputs].
///
/// A convolution over its entire input is a dense layer; so is a transposed convolution over a 1×1 input, whose one bias per output
/// channel then covers that channel's pixels (``biasCount`` = channels).
public struct Dense {
    public let inputs: Int
    public let outputs: Int
    public let activation: Activation
    public let weight: Parameter
    public let bias: Parameter

    /// Named `prefix.weight` and `prefix.bias`; all zero until initialised.
    ///
    /// - Precondition: `outputs` is a multiple of `biasCount`.
    public init(prefix: String, inputs: Int, outputs: Int, activation: Activation, biasCount: Int? = nil) {
        let biasCount = biasCount ?? outputs
        precondition(biasCount > 0 && outputs % biasCount == 0, "\(prefix): \(biasCount) biases for \(outputs) outputs")
        self.inputs = inputs
        self.outputs = outputs
        self.activation = activation
        weight = Parameter(name: prefix + ".weight", shape: [outputs, inputs])
        bias = Parameter(name: prefix + ".bias", shape: [biasCount])
    }

    public var parameters: [Parameter] { [weight, bias] }

    /// Torch's default initialisation of convolutions and dense layers: weight and bias uniform on ±1/√fanIn
    /// (`kaiming_uniform_` with a = √5, He et al. 2015).
    ///
    /// - Parameters:
    ///   - fanIn: what torch calls fan_in: the inputs of an ordinary layer; out_channels · kernel area of a transposed convolution.
    ///   - index: the weight's number in the model; the bias has the next one. It selects the random stream.
    public func initialise(fanIn: Int, philox: Philox, index: UInt32, elementwise: Elementwise) {
        let bound = Float(1 / Double(fanIn).squareRoot())
        elementwise.fillUniform(weight.value, bound: bound, philox, .initialisation, step: index)
        elementwise.fillUniform(bias.value, bound: bound, philox, .initialisation, step: index + 1)
    }

    /// output[N, outputs] from input[N, inputs].
    public func forward(_ input: Matrix, into output: Matrix, arithmetic: any Arithmetic) {
        arithmetic.forward(input: input, weight: weight.value, bias: bias.value, activation: activation, output: output)
    }

    /// Computes the parameters' gradients and, where asked, the input's.
    ///
    /// - Parameters:
    ///   - outputGradient: by the sums BEFORE this layer's activation, [N, outputs].
    ///   - rectifierOutput: the input again where a rectifier made it; its gradient is then by that rectifier's argument.
    ///   - inputGradient: receives the gradient by the input, [N, inputs].
    ///   - updating: where given, weight and bias are changed by their gradients at once, and what the weight's gradient then holds is
    ///     undefined; otherwise both gradients are set and nothing is changed.
    public func backward(
        outputGradient: Matrix, input: Matrix, rectifierOutput: Matrix?, inputGradient: Matrix?, updating: OptimizerStep? = nil,
        arithmetic: any Arithmetic
    ) {
        // First, because it reads the weight that the update changes.
        if let inputGradient {
            arithmetic.inputGradient(
                outputGradient: outputGradient, weight: weight.value, rectifierOutput: rectifierOutput, inputGradient: inputGradient)
        }
        guard let updating else {
            arithmetic.weightGradient(
                outputGradient: outputGradient, input: input, weightGradient: weight.gradient, biasGradient: bias.gradient)
            return
        }
        arithmetic.updateWeight(
            outputGradient: outputGradient, input: input, weightGradient: weight.gradient, biasGradient: bias.gradient,
            update: updating.update(of: weight))
        arithmetic.elementwise.apply(updating.update(of: bias), gradient: bias.gradient)
    }
}
