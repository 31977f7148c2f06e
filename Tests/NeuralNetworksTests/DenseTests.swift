import NeuralNetworks
import Numerics
import Testing

@Suite("Dense layers and perceptrons")
struct DenseTests {
    let arithmetic: PortableArithmetic = NeuralNetworksTests.arithmetic()

    private func initialise(_ layers: [Dense]) {
        for (index, layer) in layers.enumerated() {
            layer.initialise(fanIn: layer.inputs, philox: Philox(seed: 5), index: UInt32(2 * index), elementwise: arithmetic.elementwise)
        }
    }

    @Test("a layer's gradients by weight, shared bias and input agree with finite differences", arguments: TestedArithmetic.allCases)
    func layerGradients(_ tested: TestedArithmetic) {
        let arithmetic = tested.make()
        let layer = Dense(prefix: "layer", inputs: 9, outputs: 12, activation: .identity, biasCount: 3)
        initialise([layer])
        let input = sampleMatrix(5, 9, stream: 1)
        let cotangent = sampleMatrix(5, 12, stream: 2)
        let output = Matrix(rows: 5, columns: 12)
        let inputGradient = Matrix(rows: 5, columns: 9)
        func loss() -> Double {
            layer.forward(input, into: output, arithmetic: arithmetic)
            return inner(output, cotangent)
        }
        _ = loss()
        layer.backward(outputGradient: cotangent, input: input, rectifierOutput: nil, inputGradient: inputGradient, arithmetic: arithmetic)
        for (name, matrix, gradient) in [
            ("weight", layer.weight.value, layer.weight.gradient), ("bias", layer.bias.value, layer.bias.gradient),
            ("input", input, inputGradient),
        ] {
            let derivative = directionalDerivative(of: matrix, gradient: gradient, stream: 9, loss)
            #expect(agree(derivative), "by \(name): \(derivative)")
        }
    }

    @Test("a perceptron's gradients agree with finite differences through its rectifiers", arguments: TestedArithmetic.allCases)
    func perceptronGradients(_ tested: TestedArithmetic) {
        let arithmetic = tested.make()
        let perceptron = MultilayerPerceptron(prefix: "mlp", sizes: [7, 20, 15, 4], outputActivation: .identity)
        initialise(perceptron.layers)
        let input = sampleMatrix(6, 7, stream: 1)
        let cotangent = sampleMatrix(6, 4, stream: 2)
        let activations = MultilayerPerceptron.Activations(perceptron, rows: 6, training: true)
        let inputGradient = Matrix(rows: 6, columns: 7)
        func loss() -> Double {
            perceptron.forward(input, activations, arithmetic: arithmetic)
            return inner(activations.output, cotangent)
        }
        _ = loss()
        activations.outputGradient.copy(from: cotangent)
        perceptron.backward(input, activations, inputGradient: inputGradient, arithmetic: arithmetic)
        for parameter in perceptron.parameters {
            let derivative = directionalDerivative(of: parameter.value, gradient: parameter.gradient, stream: 9, step: 1e-3, loss)
            #expect(agree(derivative, tolerance: 1e-2), "by \(parameter.name): \(derivative)")
        }
        let derivative = directionalDerivative(of: input, gradient: inputGradient, stream: 9, step: 1e-3, loss)
        #expect(agree(derivative, tolerance: 1e-2), "by the input: \(derivative)")
    }

    @Test(
        "updating during the backward pass gives the bits of gradients first and the optimiser after",
        arguments: TestedArithmetic.allCases, [true, false])
    func updatingAtOnce(_ tested: TestedArithmetic, _ usesAdam: Bool) {
        let arithmetic = tested.make()
        let input = sampleMatrix(6, 7, stream: 1)
        let cotangent = sampleMatrix(6, 4, stream: 2)
        let results = [false, true].map { atOnce in
            let perceptron = MultilayerPerceptron(prefix: "mlp", sizes: [7, 20, 15, 4], outputActivation: .identity)
            initialise(perceptron.layers)
            let optimizer: any Optimizer =
                usesAdam
                ? Adam(parameters: perceptron.parameters, learningRate: 0.01)
                : MomentumSGD(parameters: perceptron.parameters, learningRate: 0.1, momentum: 0.9)
            let activations = MultilayerPerceptron.Activations(perceptron, rows: 6, training: true)
            let inputGradient = Matrix(rows: 6, columns: 7)
            for number in 1...3 {
                perceptron.forward(input, activations, arithmetic: arithmetic)
                activations.outputGradient.copy(from: cotangent)
                perceptron.backward(
                    input, activations, inputGradient: inputGradient,
                    updating: atOnce ? OptimizerStep(optimizer, number: number) : nil, arithmetic: arithmetic)
                if !atOnce { optimizer.update(step: number, elementwise: arithmetic.elementwise) }
            }
            return (perceptron.parameters.map(\.value) + optimizer.state.map(\.matrix) + [inputGradient]).map {
                $0.values.map(\.bitPattern)
            }
        }
        #expect(results[0] == results[1])
    }

    @Test("initialisation stays within 1/√fanIn, fills it, and depends on seed and number")
    func initialisation() {
        func weights(seed: UInt64, index: UInt32) -> [Float] {
            let layer = Dense(prefix: "layer", inputs: 50, outputs: 40, activation: .identity)
            layer.initialise(fanIn: 25, philox: Philox(seed: seed), index: index, elementwise: arithmetic.elementwise)
            return layer.weight.value.values + layer.bias.value.values
        }
        let base = weights(seed: 1, index: 0)
        #expect(base.allSatisfy { abs($0) <= 0.2 })
        #expect((base.map(abs).max() ?? 0) > 0.199)
        #expect(base == weights(seed: 1, index: 0))
        #expect(base != weights(seed: 2, index: 0))
        #expect(base != weights(seed: 1, index: 2))
    }

    @Test("layers and parameters carry the names that files use")
    func names() {
        let perceptron = MultilayerPerceptron(prefix: "decoder", sizes: [2, 3, 8], outputActivation: .sigmoid, outputBiases: 4)
        #expect(perceptron.parameters.map(\.name) == ["decoder.0.weight", "decoder.0.bias", "decoder.1.weight", "decoder.1.bias"])
        #expect(perceptron.parameters.map(\.shape) == [[3, 2], [3], [8, 3], [4]])
    }
}
