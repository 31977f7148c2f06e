import CKernels
import COpenBLAS

/// Convolutions as products over patches: what each filter covers is written out as a row, some rows at a time.
///
/// How rows are cut depends on the shape and the number of images alone, and parts of an inner index are added in order, one after another: so
/// the number of threads does not change the result.
extension OpenBLASArithmetic {
    /// So many products at a time, each over so many of the map's pixels.
    private static let slots = 8
    private static let positionsPerSlot = 512

    private func patches(_ shape: ConvolutionShape, _ scratch: ConvolutionScratch) -> UnsafeMutablePointer<Float> {
        scratch.place(for: OpenBLASArithmetic.slots * OpenBLASArithmetic.positionsPerSlot * shape.filterCount)
    }

    public func correlate(
        image: Matrix, weight: Matrix, shape: ConvolutionShape, finish: ConvolutionFinish, map: Matrix, scratch: ConvolutionScratch
    ) {
        shape.check(map: map, image: image, weight: weight)
        finish.check(output: map, channels: shape.map.channels)
        let (inner, filters) = (shape.filterCount, shape.map.channels)
        let patches = patches(shape, scratch)
        overPatches(of: image, shape, patches) { slot, positions in
            let block = map.pointer + positions.lowerBound * filters
            product(
                CblasNoTrans, slot, inner, CblasTrans, weight.pointer, inner, block, filters, positions.count, filters, inner)
            self.finish(finish, map, first: positions.lowerBound, pixels: positions.count, channels: filters)
        }
    }

    public func spread(
        map: Matrix, weight: Matrix, shape: ConvolutionShape, finish: ConvolutionFinish, image: Matrix, scratch: ConvolutionScratch
    ) {
        shape.check(map: map, image: image, weight: weight)
        finish.check(output: image, channels: shape.image.channels)
        let (inner, filters) = (shape.filterCount, shape.map.channels)
        let pixels = shape.map.height * shape.map.width
        let patches = patches(shape, scratch)
        var kernelShape = shape.kernel
        withUnsafePointer(to: &kernelShape) { kernelShape in
            for firstImage in Swift.stride(from: 0, to: map.rows, by: OpenBLASArithmetic.slots) {
                pool.run(tasks: min(OpenBLASArithmetic.slots, map.rows - firstImage)) { slot in
                    let number = firstImage + slot
                    let patches = patches + slot * OpenBLASArithmetic.positionsPerSlot * inner
                    image.row(number).update(repeating: 0)
                    for first in Swift.stride(from: 0, to: pixels, by: OpenBLASArithmetic.positionsPerSlot) {
                        let count = min(OpenBLASArithmetic.positionsPerSlot, pixels - first)
                        let position = number * pixels + first
                        product(
                            CblasNoTrans, map.pointer + position * filters, filters, CblasNoTrans, weight.pointer, inner, patches, inner,
                            count,
                            inner, filters)
                        convolution_scatter(kernelShape, patches, position, count, image.pointer)
                    }
                    let imagePixels = shape.image.height * shape.image.width
                    self.finish(finish, image, first: number * imagePixels, pixels: imagePixels, channels: shape.image.channels)
                }
            }
        }
    }

    public func filterGradient(map: Matrix, image: Matrix, shape: ConvolutionShape, gradient: Matrix, scratch: ConvolutionScratch) {
        shape.check(map: map, image: image, weight: gradient)
        let (inner, filters) = (shape.filterCount, shape.map.channels)
        let patches = patches(shape, scratch)
        let positions = map.rows * shape.map.height * shape.map.width
        let round = OpenBLASArithmetic.slots * OpenBLASArithmetic.positionsPerSlot
        if positions == 0 { gradient.fill(0) }
        for first in Swift.stride(from: 0, to: positions, by: round) {
            let count = min(round, positions - first)
            write(patchesOf: image, shape, first: first, count: count, patches)
            inBlocks(rows: filters, columns: inner) { rows, columns in
                product(
                    CblasTrans, map.pointer + first * filters + rows.lowerBound, filters, CblasNoTrans, patches + columns.lowerBound, inner,
                    gradient.pointer + rows.lowerBound * inner + columns.lowerBound, inner, rows.count, columns.count, count,
                    adding: first > 0)
            }
        }
    }

    /// Calls `body` with patches and the range of the map's pixels that they are of, in several places at the same time.
    private func overPatches(
        of image: Matrix, _ shape: ConvolutionShape, _ patches: UnsafeMutablePointer<Float>,
        _ body: (UnsafeMutablePointer<Float>, Range<Int>) -> Void
    ) {
        let positions = image.rows * shape.map.height * shape.map.width
        let slotSize = OpenBLASArithmetic.positionsPerSlot
        var kernelShape = shape.kernel
        withUnsafePointer(to: &kernelShape) { kernelShape in
            for firstOfRound in Swift.stride(from: 0, to: positions, by: OpenBLASArithmetic.slots * slotSize) {
                pool.forRanges(of: min(OpenBLASArithmetic.slots * slotSize, positions - firstOfRound), grain: slotSize) { range in
                    let place = patches + range.lowerBound * shape.filterCount
                    let first = firstOfRound + range.lowerBound
                    convolution_patches(kernelShape, image.pointer, first, range.count, place)
                    body(place, first..<first + range.count)
                }
            }
        }
    }

    private func write(
        patchesOf image: Matrix, _ shape: ConvolutionShape, first: Int, count: Int, _ patches: UnsafeMutablePointer<Float>
    ) {
        var kernelShape = shape.kernel
        withUnsafePointer(to: &kernelShape) { kernelShape in
            pool.forRanges(of: count, grain: OpenBLASArithmetic.positionsPerSlot) { range in
                convolution_patches(
                    kernelShape, image.pointer, first + range.lowerBound, range.count, patches + range.lowerBound * shape.filterCount)
            }
        }
    }

    /// Finishes pixels of the output, counted over all images.
    private func finish(_ finish: ConvolutionFinish, _ output: Matrix, first: Int, pixels: Int, channels: Int) {
        let block = output.pointer + first * channels
        // One row of all pixels where they share their bias: rows of one number would be slow.
        let (rows, columns) = channels == 1 ? (1, pixels) : (pixels, channels)
        switch finish {
        case .none: break
        case .bias(let bias, let activation):
            elementwise.biasActivation(
                block, rows: rows, columns: columns, stride: columns, bias: bias, firstColumn: 0, span: columns / channels,
                activation: activation)
        case .rectifierMask(let mask):
            elementwise.rectifierMask(
                block, gradientStride: columns, output: mask.pointer + first * channels, outputStride: columns, rows: rows, columns: columns
            )
        }
    }
}
