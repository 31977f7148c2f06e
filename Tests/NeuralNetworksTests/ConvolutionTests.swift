import NeuralNetworks
import Numerics
import Testing

@Suite("Convolutions and transposed convolutions")
struct ConvolutionTests {
    @Test(
        "a convolution, its bias and its activation are what the definition says", arguments: TestedArithmetic.allCases, ConvolutionCase.all
    )
    func forward(_ tested: TestedArithmetic, _ sizes: ConvolutionCase) {
        let layer = sizes.convolution(.rectifier)
        let input = sampleMatrix(sizes.images, layer.input.count, stream: 1)
        let output = Matrix(rows: sizes.images, columns: layer.output.count)
        layer.forward(
            input, into: output, workspace: .init(layer, images: sizes.images, training: false), arithmetic: tested.make())
        let expected = sizes.direct(image: layer.input, map: layer.output).map(
            of: input.doubles, weight: layer.weight.value.doubles, bias: layer.bias.value.doubles, images: sizes.images)
        #expect(difference(output, expected.map { max($0, 0) }) < 1e-5)
    }

    @Test(
        "a transposed convolution, its bias and its activation are what the definition says", arguments: TestedArithmetic.allCases,
        ConvolutionCase.transposable)
    func transposedForward(_ tested: TestedArithmetic, _ sizes: ConvolutionCase) {
        let layer = sizes.transposed(.rectifier)
        let input = sampleMatrix(sizes.images, layer.input.count, stream: 1)
        let output = Matrix(rows: sizes.images, columns: layer.output.count)
        layer.forward(
            input, into: output, workspace: .init(layer, images: sizes.images, training: false), arithmetic: tested.make())
        let expected = sizes.direct(image: layer.output, map: layer.input).image(
            of: input.doubles, weight: layer.weight.value.doubles, bias: layer.bias.value.doubles, images: sizes.images)
        #expect(difference(output, expected.map { max($0, 0) }) < 1e-5)
    }

    @Test(
        "a convolution's gradients by weight, bias and a rectifier's argument are what the definition says",
        arguments: TestedArithmetic.allCases, ConvolutionCase.all)
    func backward(_ tested: TestedArithmetic, _ sizes: ConvolutionCase) {
        let layer = sizes.convolution()
        let input = sampleMatrix(sizes.images, layer.input.count, stream: 1)
        let gradient = sampleMatrix(sizes.images, layer.output.count, stream: 2)
        let inputGradient = sampleMatrix(sizes.images, layer.input.count, stream: 3)
        layer.backward(
            outputGradient: gradient, input: input, rectifierOutput: input, inputGradient: inputGradient,
            workspace: .init(layer, images: sizes.images, training: true), arithmetic: tested.make())
        let direct = sizes.direct(image: layer.input, map: layer.output)
        let weightGradient = direct.weightGradient(map: gradient.doubles, image: input.doubles, images: sizes.images)
        #expect(difference(layer.weight.gradient, weightGradient) < 1e-5)
        #expect(difference(layer.bias.gradient, direct.sums(of: gradient.doubles, channels: sizes.channels)) < 1e-6)
        let nothing = [Double](repeating: 0, count: layer.input.channels)
        let unmasked = direct.image(of: gradient.doubles, weight: layer.weight.value.doubles, bias: nothing, images: sizes.images)
        #expect(difference(inputGradient, zip(unmasked, input.values).map { $1 > 0 ? $0 : 0 }) < 1e-5)
    }

    @Test(
        "a transposed convolution's gradients by weight, bias and a rectifier's argument are what the definition says",
        arguments: TestedArithmetic.allCases, ConvolutionCase.transposable)
    func transposedBackward(_ tested: TestedArithmetic, _ sizes: ConvolutionCase) {
        let layer = sizes.transposed()
        let input = sampleMatrix(sizes.images, layer.input.count, stream: 1)
        let gradient = sampleMatrix(sizes.images, layer.output.count, stream: 2)
        let inputGradient = sampleMatrix(sizes.images, layer.input.count, stream: 3)
        layer.backward(
            outputGradient: gradient, input: input, rectifierOutput: input, inputGradient: inputGradient,
            workspace: .init(layer, images: sizes.images, training: true), arithmetic: tested.make())
        let direct = sizes.direct(image: layer.output, map: layer.input)
        let weightGradient = direct.weightGradient(map: input.doubles, image: gradient.doubles, images: sizes.images)
        #expect(difference(layer.weight.gradient, weightGradient) < 1e-5)
        #expect(difference(layer.bias.gradient, direct.sums(of: gradient.doubles, channels: sizes.channels)) < 1e-6)
        let nothing = [Double](repeating: 0, count: layer.input.channels)
        let unmasked = direct.map(of: gradient.doubles, weight: layer.weight.value.doubles, bias: nothing, images: sizes.images)
        #expect(difference(inputGradient, zip(unmasked, input.values).map { $1 > 0 ? $0 : 0 }) < 1e-5)
    }

    /// ½ Σ y² of the definition in double: its derivative by y is y, and central differences of it are exact but for rounding.
    private func derivatives(
        _ values: [String: [Double]], _ loss: ([String: [Double]]) -> Double
    ) -> [String: (direction: [Double], measured: Double)] {
        var results: [String: (direction: [Double], measured: Double)] = [:]
        for (index, name) in values.keys.sorted().enumerated() {
            let count = values[name]?.count ?? 0
            let direction = sampleMatrix(1, count, stream: UInt32(20 + index)).doubles
            func moved(_ step: Double) -> Double {
                var moved = values
                moved[name] = zip(values[name] ?? [], direction).map { $0 + step * $1 }
                return loss(moved)
            }
            results[name] = (direction, (moved(1e-3) - moved(-1e-3)) / 2e-3)
        }
        return results
    }

    private func project(_ gradient: Matrix, _ direction: [Double]) -> Double {
        zip(gradient.doubles, direction).reduce(0) { $0 + $1.0 * $1.1 }
    }

    @Test("the gradients of both layers agree with finite differences of the definition in double", arguments: TestedArithmetic.allCases)
    func finiteDifferences(_ tested: TestedArithmetic) {
        let sizes = ConvolutionCase(3, 7, 6, 3, to: 10, kernel: 4, 3, stride: 2, padding: 1)
        let arithmetic = tested.make()
        let input = sampleMatrix(sizes.images, sizes.input.count, stream: 1)
        let inputGradient = Matrix(rows: sizes.images, columns: sizes.input.count)
        func half(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 / 2 } }
        func compare(_ measured: [String: (direction: [Double], measured: Double)], _ layer: String, _ weight: Parameter, _ bias: Parameter)
        {
            for (name, gradient) in [("weight", weight.gradient), ("bias", bias.gradient), ("input", inputGradient)] {
                guard let (direction, expected) = measured[name] else {
                    Issue.record("nothing measured by \(name)")
                    continue
                }
                let found = project(gradient, direction)
                #expect(abs(found - expected) <= 1e-4 * max(abs(expected), 1), "\(layer) by \(name): \(found), measured \(expected)")
            }
        }

        let layer = sizes.convolution()
        let output = Matrix(rows: sizes.images, columns: layer.output.count)
        let workspace = Convolution2D.Workspace(layer, images: sizes.images, training: true)
        layer.forward(input, into: output, workspace: workspace, arithmetic: arithmetic)
        layer.backward(
            outputGradient: output, input: input, rectifierOutput: nil, inputGradient: inputGradient, workspace: workspace,
            arithmetic: arithmetic)
        let direct = sizes.direct(image: layer.input, map: layer.output)
        let values = ["weight": layer.weight.value.doubles, "bias": layer.bias.value.doubles, "input": input.doubles]
        compare(
            derivatives(values) {
                half(direct.map(of: $0["input"] ?? [], weight: $0["weight"] ?? [], bias: $0["bias"] ?? [], images: sizes.images))
            }, "convolution", layer.weight, layer.bias)

        let transposed = sizes.transposed()
        let larger = Matrix(rows: sizes.images, columns: transposed.output.count)
        let transposedWorkspace = TransposedConvolution2D.Workspace(transposed, images: sizes.images, training: true)
        transposed.forward(input, into: larger, workspace: transposedWorkspace, arithmetic: arithmetic)
        transposed.backward(
            outputGradient: larger, input: input, rectifierOutput: nil, inputGradient: inputGradient, workspace: transposedWorkspace,
            arithmetic: arithmetic)
        let transposedDirect = sizes.direct(image: transposed.output, map: transposed.input)
        let transposedValues = [
            "weight": transposed.weight.value.doubles, "bias": transposed.bias.value.doubles, "input": input.doubles,
        ]
        compare(
            derivatives(transposedValues) {
                half(
                    transposedDirect.image(of: $0["input"] ?? [], weight: $0["weight"] ?? [], bias: $0["bias"] ?? [], images: sizes.images))
            }, "transposed convolution", transposed.weight, transposed.bias)
    }

    @Test(
        "a transposed convolution is the adjoint of the convolution with its weight", arguments: TestedArithmetic.allCases,
        ConvolutionCase.transposable)
    func adjoint(_ tested: TestedArithmetic, _ sizes: ConvolutionCase) {
        let arithmetic = tested.make()
        let transposed = sizes.transposed()
        let convolution = Convolution2D(
            prefix: "layer", input: transposed.output, channels: sizes.input.channels, kernel: sizes.kernel, kernelWidth: sizes.kernelWidth,
            stride: sizes.stride, padding: sizes.padding, activation: .identity)
        #expect(convolution.output == sizes.input)
        convolution.weight.value.copy(from: transposed.weight.value)
        transposed.bias.value.fill(0)
        let map = sampleMatrix(sizes.images, transposed.input.count, stream: 1)
        let image = sampleMatrix(sizes.images, transposed.output.count, stream: 2)
        let mapOfImage = Matrix(rows: sizes.images, columns: transposed.input.count)
        let imageOfMap = Matrix(rows: sizes.images, columns: transposed.output.count)
        convolution.forward(
            image, into: mapOfImage, workspace: .init(convolution, images: sizes.images, training: false), arithmetic: arithmetic)
        transposed.forward(
            map, into: imageOfMap, workspace: .init(transposed, images: sizes.images, training: false), arithmetic: arithmetic)
        let (left, right) = (inner(mapOfImage, map), inner(image, imageOfMap))
        let scale = (inner(mapOfImage, mapOfImage) * inner(map, map)).squareRoot()
        #expect(abs(left - right) <= 1e-6 * max(scale, 1), "\(left) and \(right)")
    }

    @Test("many images and large ones take several rounds of patches, and a sigmoid one channel", arguments: TestedArithmetic.allCases)
    func severalRounds(_ tested: TestedArithmetic) {
        let sizes = ConvolutionCase(19, 17, 16, 4, to: 1, kernel: 3, stride: 1, padding: 1)
        let layer = sizes.transposed(.sigmoid)
        let input = sampleMatrix(sizes.images, layer.input.count, stream: 1)
        let output = Matrix(rows: sizes.images, columns: layer.output.count)
        let workspace = TransposedConvolution2D.Workspace(layer, images: sizes.images, training: true)
        let arithmetic = tested.make()
        layer.forward(input, into: output, workspace: workspace, arithmetic: arithmetic)
        let direct = sizes.direct(image: layer.output, map: layer.input)
        let sums = direct.image(
            of: input.doubles, weight: layer.weight.value.doubles, bias: layer.bias.value.doubles, images: sizes.images)
        let logits = Matrix(rows: sizes.images, columns: layer.output.count, values: sums.map(Float.init))
        let expected = Matrix(rows: sizes.images, columns: layer.output.count)
        arithmetic.elementwise.sigmoid(logits, into: expected)
        #expect(difference(output, expected.doubles) < 1e-5)
        layer.backward(
            outputGradient: output, input: input, rectifierOutput: nil, inputGradient: nil, workspace: workspace, arithmetic: arithmetic)
        let gradient = direct.weightGradient(map: input.doubles, image: output.doubles, images: sizes.images)
        #expect(difference(layer.weight.gradient, gradient) < 1e-5)
    }

    @Test("in portable arithmetic a batch gives every image the bits that it has alone", arguments: ConvolutionCase.transposable)
    func batchesOfOne(_ sizes: ConvolutionCase) {
        let arithmetic = arithmetic()
        let layer = sizes.convolution(.sigmoid)
        let transposed = sizes.transposed(.sigmoid)
        let input = sampleMatrix(sizes.images, sizes.input.count, stream: 1)
        func outputs(_ input: Matrix) -> (Matrix, Matrix) {
            let map = Matrix(rows: input.rows, columns: layer.output.count)
            let image = Matrix(rows: input.rows, columns: transposed.output.count)
            layer.forward(input, into: map, workspace: .init(layer, images: input.rows, training: false), arithmetic: arithmetic)
            transposed.forward(
                input, into: image, workspace: .init(transposed, images: input.rows, training: false), arithmetic: arithmetic)
            return (map, image)
        }
        let (maps, images) = outputs(input)
        for index in 0..<sizes.images {
            let (map, image) = outputs(Matrix(rows: 1, columns: input.columns, values: Array(input.row(index))))
            #expect(map.values.map(\.bitPattern) == maps.row(index).map(\.bitPattern))
            #expect(image.values.map(\.bitPattern) == images.row(index).map(\.bitPattern))
        }
    }

    @Test(
        "updating during the backward pass gives the bits of gradients first and the optimiser after",
        arguments: TestedArithmetic.allCases, [true, false])
    func updatingAtOnce(_ tested: TestedArithmetic, _ usesAdam: Bool) {
        let sizes = ConvolutionCase(6, 7, 6, 5, to: 10, kernel: 4, stride: 2, padding: 1)
        let arithmetic = tested.make()
        let input = sampleMatrix(sizes.images, sizes.input.count, stream: 1)
        let results = [false, true].map { atOnce in
            let layer = sizes.convolution()
            let transposed = TransposedConvolution2D(
                prefix: "back", input: layer.output, channels: 5, kernel: 4, stride: 2, padding: 1, activation: .identity)
            transposed.initialise(philox: Philox(seed: 6), index: 0, elementwise: arithmetic.elementwise)
            let parameters = layer.parameters + transposed.parameters
            let optimizer: any Optimizer =
                usesAdam
                ? Adam(parameters: parameters, learningRate: 0.01)
                : MomentumSGD(parameters: parameters, learningRate: 0.01, momentum: 0.9)
            let workspace = Convolution2D.Workspace(layer, images: 6, training: true)
            let transposedWorkspace = TransposedConvolution2D.Workspace(transposed, images: 6, training: true)
            let map = Matrix(rows: 6, columns: layer.output.count)
            let mapGradient = Matrix(rows: 6, columns: layer.output.count)
            let image = Matrix(rows: 6, columns: transposed.output.count)
            let inputGradient = Matrix(rows: 6, columns: sizes.input.count)
            for number in 1...3 {
                let step = atOnce ? OptimizerStep(optimizer, number: number) : nil
                layer.forward(input, into: map, workspace: workspace, arithmetic: arithmetic)
                transposed.forward(map, into: image, workspace: transposedWorkspace, arithmetic: arithmetic)
                transposed.backward(
                    outputGradient: image, input: map, rectifierOutput: nil, inputGradient: mapGradient, workspace: transposedWorkspace,
                    updating: step, arithmetic: arithmetic)
                layer.backward(
                    outputGradient: mapGradient, input: input, rectifierOutput: nil, inputGradient: inputGradient, workspace: workspace,
                    updating: step, arithmetic: arithmetic)
                if !atOnce { optimizer.update(step: number, elementwise: arithmetic.elementwise) }
            }
            return (parameters.map(\.value) + optimizer.state.map(\.matrix) + [inputGradient]).map { $0.values.map(\.bitPattern) }
        }
        #expect(results[0] == results[1])
    }

    @Test("OpenBLAS gives the same bits on any number of threads")
    func openBLASThreads() {
        let sizes = ConvolutionCase(29, 12, 12, 8, to: 20, kernel: 4, stride: 2, padding: 1)
        let input = sampleMatrix(sizes.images, sizes.input.count, stream: 1)
        let results = [1, 3].map { threads in
            let arithmetic = TestedArithmetic.openblas.make(threads: threads)
            let layer = sizes.convolution(.rectifier)
            let workspace = Convolution2D.Workspace(layer, images: sizes.images, training: true)
            let output = Matrix(rows: sizes.images, columns: layer.output.count)
            let inputGradient = Matrix(rows: sizes.images, columns: sizes.input.count)
            layer.forward(input, into: output, workspace: workspace, arithmetic: arithmetic)
            layer.backward(
                outputGradient: output, input: input, rectifierOutput: nil, inputGradient: inputGradient, workspace: workspace,
                arithmetic: arithmetic)
            return [output, inputGradient, layer.weight.gradient, layer.bias.gradient].map { $0.values.map(\.bitPattern) }
        }
        #expect(results[0] == results[1])
    }

    @Test("initialisation is uniform on ±1/√fanIn with torch's fan_in, filled, and its own for every number")
    func initialisation() {
        let sizes = ConvolutionCase(1, 8, 8, 4, to: 25, kernel: 5, stride: 1, padding: 0)
        func largest(_ parameters: [Parameter]) -> Float { parameters.flatMap(\.value.values).map(abs).max() ?? 0 }
        let convolution = largest(sizes.convolution().parameters)
        #expect(convolution <= 0.1 && convolution > 0.0995)
        let transposed = largest(sizes.transposed().parameters)
        #expect(transposed <= 0.04 && transposed > 0.0398)
        let layer = sizes.convolution()
        #expect(layer.weight.value.values != layer.bias.value.values)
        layer.initialise(philox: Philox(seed: 5), index: 2, elementwise: arithmetic().elementwise)
        #expect(layer.weight.value.values != sizes.convolution().weight.value.values)
    }

    @Test("layers have the output shapes, names and weights' shapes of torch, channels last")
    func shapes() {
        let layer = Convolution2D(
            prefix: "encoder.0", input: ImageShape(height: 28, width: 28, channels: 1), channels: 32, kernel: 4, stride: 2, padding: 1,
            activation: .rectifier)
        #expect(layer.output == ImageShape(height: 14, width: 14, channels: 32))
        #expect(layer.parameters.map(\.name) == ["encoder.0.weight", "encoder.0.bias"])
        #expect(layer.parameters.map(\.shape) == [[32, 16], [32]])
        let transposed = TransposedConvolution2D(
            prefix: "decoder.1", input: ImageShape(height: 7, width: 7, channels: 64), channels: 32, kernel: 4, stride: 2, padding: 1,
            activation: .rectifier)
        #expect(transposed.output == ImageShape(height: 14, width: 14, channels: 32))
        #expect(transposed.parameters.map(\.shape) == [[64, 512], [32]])
    }

    @Test("sizes that fit no convolution have no output shape")
    func impossible() {
        func map(_ size: Int, kernel: Int, stride: Int, padding: Int, channels: Int = 1) -> ImageShape? {
            Convolution2D.outputShape(
                input: ImageShape(height: size, width: size, channels: 1), channels: channels, kernel: kernel, stride: stride,
                padding: padding)
        }
        #expect(map(3, kernel: 3, stride: 5, padding: 0) == ImageShape(height: 1, width: 1, channels: 1))
        #expect(map(3, kernel: 4, stride: 1, padding: 0) == nil)
        #expect(map(0, kernel: 1, stride: 1, padding: 1) == nil)
        #expect(map(3, kernel: 0, stride: 1, padding: 0) == nil)
        #expect(map(3, kernel: 3, stride: 0, padding: 0) == nil)
        #expect(map(3, kernel: 3, stride: 1, padding: -1) == nil)
        #expect(map(3, kernel: 3, stride: 1, padding: 0, channels: 0) == nil)
        #expect(map(.max, kernel: 3, stride: 1, padding: 0) == nil)
        #expect(map(3, kernel: .max, stride: .max, padding: .max) == nil)
        #expect(map(1 << 15, kernel: 3, stride: 1, padding: 1, channels: 1 << 15) == nil)
        func image(_ size: Int, kernel: Int, stride: Int, padding: Int) -> ImageShape? {
            TransposedConvolution2D.outputShape(
                input: ImageShape(height: size, width: size, channels: 1), channels: 1, kernel: kernel, stride: stride, padding: padding)
        }
        #expect(image(1, kernel: 2, stride: 1, padding: 1) == nil)
        #expect(image(1 << 15, kernel: 2, stride: 2, padding: 0) == nil)
    }
}
