import Numerics

/// Dense layers in a row, with rectifiers between them.
public struct MultilayerPerceptron {
    public let layers: [Dense]

    /// - Parameters:
    ///   - prefix: layers are named `prefix.0`, `prefix.1`, …
    ///   - sizes: inputs, hidden sizes, outputs.
    ///   - outputActivation: after the last layer.
    ///   - outputBiases: how many biases the last layer has; one per output unless given.
    /// - Precondition: at least two sizes.
    public init(prefix: String, sizes: [Int], outputActivation: Activation, outputBiases: Int? = nil) {
        precondition(sizes.count >= 2, "\(prefix): a perceptron needs inputs and outputs")
        layers = (0..<sizes.count - 1).map { index in
            let isLast = index == sizes.count - 2
            return Dense(
                prefix: "\(prefix).\(index)", inputs: sizes[index], outputs: sizes[index + 1],
                activation: isLast ? outputActivation : .rectifier, biasCount: isLast ? outputBiases : nil)
        }
    }

    public var parameters: [Parameter] { layers.flatMap(\.parameters) }

    /// What the layers compute for a batch of a given size; made once and filled at every step.
    public final class Activations {
        /// One matrix [rows, outputs] per layer, after its activation.
        public let outputs: [Matrix]
        /// Gradients by each layer's sums before its activation; empty where only forward passes are made.
        public let gradients: [Matrix]

        public init(_ perceptron: MultilayerPerceptron, rows: Int, training: Bool) {
            outputs = perceptron.layers.map { Matrix(rows: rows, columns: $0.outputs) }
            gradients = training ? perceptron.layers.map { Matrix(rows: rows, columns: $0.outputs) } : []
        }

        /// The last layer's output.
        public var output: Matrix { outputs[outputs.count - 1] }
        /// To be filled, before ``MultilayerPerceptron/backward(_:_:inputGradient:arithmetic:)``, with the gradient by the last layer's
        /// sums before its activation.
        ///
        /// - Precondition: made for training.
        public var outputGradient: Matrix { gradients[gradients.count - 1] }
    }

    public func forward(_ input: Matrix, _ activations: Activations, arithmetic: any Arithmetic) {
        var current = input
        for (layer, output) in zip(layers, activations.outputs) {
            layer.forward(current, into: output, arithmetic: arithmetic)
            current = output
        }
    }

    /// Computes all parameters' gradients from `activations.outputGradient`, and the gradient by `input` where it is asked for. With
    /// `updating` the parameters are changed at once, as ``Dense/backward(outputGradient:input:rectifierOutput:inputGradient:updating:arithmetic:)``
    /// says.
    public func backward(
        _ input: Matrix, _ activations: Activations, inputGradient: Matrix?, updating: OptimizerStep? = nil, arithmetic: any Arithmetic
    ) {
        for index in layers.indices.reversed() {
            let isFirst = index == 0
            let layerInput = isFirst ? input : activations.outputs[index - 1]
            layers[index].backward(
                outputGradient: activations.gradients[index], input: layerInput, rectifierOutput: isFirst ? nil : layerInput,
                inputGradient: isFirst ? inputGradient : activations.gradients[index - 1], updating: updating, arithmetic: arithmetic)
        }
    }
}
