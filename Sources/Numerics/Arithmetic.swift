/// How the products of dense and convolution layers are computed. Layers speak to this boundary alone, so an arithmetic may fuse a
/// product with what follows it, and models do not change with the arithmetic.
///
/// Shapes: N examples, I inputs, O outputs. Weights are [O, I] row-major. A bias of b values covers O / b consecutive outputs each
/// (b = O for an ordinary layer, b = channels for a convolution that spans its entire input).
public protocol Arithmetic: Sendable {
    /// A short name, part of a run's record: results of different arithmetics differ in rounding.
    var name: String { get }
    /// What computes, with its version and the processor that it was tuned for.
    var version: String { get }
    /// Everything that is not a product.
    var elementwise: Elementwise { get }

    /// output[N, O] = activation(input[N, I] · weightᵀ + bias).
    func forward(input: Matrix, weight: Matrix, bias: Matrix, activation: Activation, output: Matrix)

    /// inputGradient[N, I] = outputGradient[N, O] · weight; where `rectifierOutput` [N, I] is given, 0 wherever it is 0. That is the
    /// backward pass through the rectifier that produced this layer's input.
    func inputGradient(outputGradient: Matrix, weight: Matrix, rectifierOutput: Matrix?, inputGradient: Matrix)

    /// weightGradient[O, I] = outputGradientᵀ · input, biasGradient = column sums of outputGradient (over the columns that share a bias).
    func weightGradient(outputGradient: Matrix, input: Matrix, weightGradient: Matrix, biasGradient: Matrix)

    /// As ``weightGradient(outputGradient:input:weightGradient:biasGradient:)``, and changes the weight by its gradient. An arithmetic need
    /// not store the weight's gradient: `weightGradient` is a place that it may use. The bias's gradient is stored, the bias not changed.
    ///
    /// - Parameter update: of the weight, [O, I].
    func updateWeight(
        outputGradient: Matrix, input: Matrix, weightGradient: @autoclosure () -> Matrix, biasGradient: Matrix, update: ParameterUpdate)

    /// map[n, oy, ox, f] = Σ over ky, kx, c of weight[f, ky, kx, c] · image[n, oy · stride − padding + ky, ox · stride − padding + kx, c], zero
    /// beyond the border, and what `finish` says: a convolution's forward pass, a transposed convolution's way back.
    ///
    /// - Parameters:
    ///   - image: [N, H·W·C]
    ///   - weight: [F, KH·KW·C]
    ///   - map: [N, OH·OW·F]
    func correlate(
        image: Matrix, weight: Matrix, shape: ConvolutionShape, finish: ConvolutionFinish, map: Matrix, scratch: ConvolutionScratch)

    /// image[n, y, x, c] = Σ over oy, ox, f of map[n, oy, ox, f] · weight[f, y + padding − oy · stride, x + padding − ox · stride, c], where the
    /// kernel reaches, and what `finish` says: a convolution's way back, a transposed convolution's forward pass.
    func spread(
        map: Matrix, weight: Matrix, shape: ConvolutionShape, finish: ConvolutionFinish, image: Matrix, scratch: ConvolutionScratch)

    /// gradient[f, ky, kx, c] = Σ over n, oy, ox of map[n, oy, ox, f] · image[n, oy · stride − padding + ky, ox · stride − padding + kx, c].
    func filterGradient(map: Matrix, image: Matrix, shape: ConvolutionShape, gradient: Matrix, scratch: ConvolutionScratch)

    /// As ``filterGradient(map:image:shape:gradient:scratch:)``, and changes the filters by it. `gradient` is a place that may be used.
    func updateFilters(
        map: Matrix, image: Matrix, shape: ConvolutionShape, gradient: @autoclosure () -> Matrix, update: ParameterUpdate,
        scratch: ConvolutionScratch)
}

extension Arithmetic {
    public func updateWeight(
        outputGradient: Matrix, input: Matrix, weightGradient: @autoclosure () -> Matrix, biasGradient: Matrix, update: ParameterUpdate
    ) {
        let gradient = weightGradient()
        self.weightGradient(outputGradient: outputGradient, input: input, weightGradient: gradient, biasGradient: biasGradient)
        elementwise.apply(update, gradient: gradient)
    }

    public func updateFilters(
        map: Matrix, image: Matrix, shape: ConvolutionShape, gradient: @autoclosure () -> Matrix, update: ParameterUpdate,
        scratch: ConvolutionScratch
    ) {
        let gradient = gradient()
        filterGradient(map: map, image: image, shape: shape, gradient: gradient, scratch: scratch)
        elementwise.apply(update, gradient: gradient)
    }
}

/// Shapes that the arithmetics check before they hand pointers to C.
enum DenseShape {
    static func check(examples: Matrix, _ inputs: Matrix, weight: Matrix) {
        precondition(
            examples.rows == inputs.rows && examples.columns == weight.rows && inputs.columns == weight.columns,
            "outputs \(examples.rows) by \(examples.columns) and inputs \(inputs.rows) by \(inputs.columns) do not fit weights \(weight.rows) by \(weight.columns)"
        )
    }

    static func check(rectifierOutput: Matrix?, _ inputGradient: Matrix) {
        guard let rectifierOutput else { return }
        precondition(
            rectifierOutput.rows == inputGradient.rows && rectifierOutput.columns == inputGradient.columns,
            "a rectifier's output of another shape")
    }

    static func span(outputs: Int, bias: Matrix) -> Int {
        precondition(bias.count > 0 && outputs % bias.count == 0, "\(bias.count) biases for \(outputs) outputs")
        return outputs / bias.count
    }
}
