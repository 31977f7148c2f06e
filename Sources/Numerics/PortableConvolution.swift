import CKernels

/// Convolutions by the same chains: docs/arithmetic.md gives their order.
extension PortableArithmetic {
    public func correlate(
        image: Matrix, weight: Matrix, shape: ConvolutionShape, finish: ConvolutionFinish, map: Matrix, scratch: ConvolutionScratch
    ) {
        shape.check(map: map, image: image, weight: weight)
        finish.check(output: map, channels: shape.map.channels)
        var kernelShape = shape.kernel
        var kernelFinish = finish.kernel
        check(
            convolution_correlate(
                kernels, elementwise.kernels, elementwise.pool.pool, workspace.workspace, &kernelShape, image.rows, image.pointer,
                weight.pointer, &kernelFinish, map.pointer))
    }

    public func spread(
        map: Matrix, weight: Matrix, shape: ConvolutionShape, finish: ConvolutionFinish, image: Matrix, scratch: ConvolutionScratch
    ) {
        shape.check(map: map, image: image, weight: weight)
        finish.check(output: image, channels: shape.image.channels)
        var kernelShape = shape.kernel
        var kernelFinish = finish.kernel
        check(
            convolution_spread(
                kernels, elementwise.kernels, elementwise.pool.pool, workspace.workspace, &kernelShape, map.rows, map.pointer,
                weight.pointer, &kernelFinish, image.pointer))
    }

    public func filterGradient(map: Matrix, image: Matrix, shape: ConvolutionShape, gradient: Matrix, scratch: ConvolutionScratch) {
        shape.check(map: map, image: image, weight: gradient)
        var kernelShape = shape.kernel
        check(
            convolution_filter_gradient(
                kernels, elementwise.pool.pool, workspace.workspace, &kernelShape, map.rows, map.pointer, image.pointer, gradient.pointer,
                nil
            ))
    }

    public func updateFilters(
        map: Matrix, image: Matrix, shape: ConvolutionShape, gradient: @autoclosure () -> Matrix, update: ParameterUpdate,
        scratch: ConvolutionScratch
    ) {
        shape.check(map: map, image: image, weight: update.value)
        var kernelShape = shape.kernel
        var kernelUpdate = update.kernel
        check(
            convolution_filter_gradient(
                kernels, elementwise.pool.pool, workspace.workspace, &kernelShape, map.rows, map.pointer, image.pointer, nil, &kernelUpdate)
        )
    }
}

extension ConvolutionFinish {
    fileprivate var kernel: convolution_finish {
        switch self {
        case .none: convolution_finish(bias: nil, activation: activation_identity, rectifier_output: nil)
        case .bias(let bias, let activation):
            convolution_finish(bias: bias.pointer, activation: activation.kernel, rectifier_output: nil)
        case .rectifierMask(let mask): convolution_finish(bias: nil, activation: activation_identity, rectifier_output: mask.pointer)
        }
    }
}
