import Numerics
import Testing

/// docs/arithmetic.md's definition of convolutions, one fused multiply-add after another.
@Suite("Convolutions are single chains in the stated order")
struct ConvolutionChainTests {
    struct Sizes: CustomTestStringConvertible {
        var images: Int
        var shape: ConvolutionShape
        var testDescription: String { "\(images) × \(shape)" }

        init?(_ images: Int, _ height: Int, _ width: Int, _ channels: Int, _ filters: Int, kernel: (Int, Int), stride: Int, padding: Int) {
            let image = ImageShape(height: height, width: width, channels: channels)
            guard
                let shape = ConvolutionShape(
                    image: image, filters: filters, kernelHeight: kernel.0, kernelWidth: kernel.1, stride: stride, padding: padding)
            else { return nil }
            self.images = images
            self.shape = shape
        }
    }

    static let sizes = [
        Sizes(3, 8, 9, 1, 17, kernel: (4, 4), stride: 2, padding: 1), Sizes(2, 7, 10, 3, 8, kernel: (3, 3), stride: 2, padding: 0),
        Sizes(1, 5, 6, 16, 33, kernel: (3, 3), stride: 1, padding: 1), Sizes(5, 11, 9, 5, 40, kernel: (5, 5), stride: 3, padding: 2),
        Sizes(2, 9, 4, 8, 20, kernel: (2, 1), stride: 2, padding: 1), Sizes(3, 7, 8, 2, 5, kernel: (2, 1), stride: 3, padding: 0),
        Sizes(9, 6, 6, 18, 66, kernel: (4, 4), stride: 2, padding: 1), Sizes(2, 3, 4, 6, 100, kernel: (3, 3), stride: 1, padding: 3),
        // Many images, whose distance caches like or not; few channels; channels that fill vectors.
        Sizes(35, 8, 8, 8, 32, kernel: (4, 4), stride: 2, padding: 1), Sizes(26, 7, 9, 5, 16, kernel: (5, 5), stride: 2, padding: 2),
        Sizes(17, 8, 8, 3, 20, kernel: (3, 3), stride: 2, padding: 1), Sizes(8, 10, 7, 16, 24, kernel: (3, 3), stride: 3, padding: 1),
        Sizes(9, 5, 5, 2, 16, kernel: (4, 2), stride: 3, padding: 0), Sizes(8, 3, 4, 80, 5, kernel: (2, 3), stride: 1, padding: 1),
    ].compactMap { $0 }

    /// Products of one case, with values that are not finite at a border's weights where `wild` is set.
    private struct Case {
        let shape: ConvolutionShape
        let image, map, weight, imageBias, mapBias: Matrix

        init(_ sizes: Sizes, wild: Bool) {
            shape = sizes.shape
            image = sampleMatrix(sizes.images, shape.image.count, stream: 1)
            map = sampleMatrix(sizes.images, shape.map.count, stream: 2)
            weight = sampleMatrix(shape.map.channels, shape.filterCount, stream: 3)
            imageBias = sampleMatrix(1, shape.image.channels, stream: 4)
            mapBias = sampleMatrix(1, shape.map.channels, stream: 5)
            if wild {
                weight[0, 0] = .infinity
                weight[shape.map.channels - 1, shape.filterCount - 1] = .nan
                image[0, 0] = -.infinity
                map[0, 0] = .infinity
            }
        }

        /// Correlation with bias, spreading with bias, gradient; a NaN's payload is no result.
        func results(_ arithmetic: PortableArithmetic) -> [[UInt32]] {
            let scratch = ConvolutionScratch()
            let correlated = Matrix(rows: map.rows, columns: map.columns)
            let spread = Matrix(rows: image.rows, columns: image.columns)
            let gradient = Matrix(rows: weight.rows, columns: weight.columns)
            arithmetic.correlate(
                image: image, weight: weight, shape: shape, finish: .bias(mapBias, .identity), map: correlated, scratch: scratch)
            arithmetic.spread(map: map, weight: weight, shape: shape, finish: .bias(imageBias, .identity), image: spread, scratch: scratch)
            arithmetic.filterGradient(map: map, image: image, shape: shape, gradient: gradient, scratch: scratch)
            return [correlated, spread, gradient].map { $0.values.map { $0.isNaN ? 1 : $0.bitPattern } }
        }

        private func imageAt(_ n: Int, _ y: Int, _ x: Int, _ c: Int) -> Float {
            guard y >= 0, y < shape.image.height, x >= 0, x < shape.image.width else { return 0 }
            return image[n, (y * shape.image.width + x) * shape.image.channels + c]
        }

        private func mapAt(_ n: Int, _ y: Int, _ x: Int, _ f: Int) -> Float {
            guard y >= 0, y < shape.map.height, x >= 0, x < shape.map.width else { return 0 }
            return map[n, (y * shape.map.width + x) * shape.map.channels + f]
        }

        private func weightAt(_ f: Int, _ ky: Int, _ kx: Int, _ c: Int) -> Float {
            weight[f, (ky * shape.kernelWidth + kx) * shape.image.channels + c]
        }

        var definition: [[UInt32]] {
            let (stride, padding) = (shape.stride, shape.padding)
            var correlated: [Float] = []
            var spread: [Float] = []
            for n in 0..<image.rows {
                for oy in 0..<shape.map.height {
                    for ox in 0..<shape.map.width {
                        for f in 0..<shape.map.channels {
                            var sum: Float = 0
                            for ky in 0..<shape.kernelHeight {
                                for kx in 0..<shape.kernelWidth {
                                    for c in 0..<shape.image.channels {
                                        sum.addProduct(
                                            weightAt(f, ky, kx, c), imageAt(n, oy * stride - padding + ky, ox * stride - padding + kx, c))
                                    }
                                }
                            }
                            correlated.append((sum + 0) + mapBias[0, f])
                        }
                    }
                }
                for y in 0..<shape.image.height {
                    for x in 0..<shape.image.width {
                        for c in 0..<shape.image.channels {
                            var sum: Float = 0
                            for ky in (0..<shape.kernelHeight).reversed() where (y + padding - ky) % stride == 0 {
                                for kx in (0..<shape.kernelWidth).reversed() where (x + padding - kx) % stride == 0 {
                                    for f in 0..<shape.map.channels {
                                        sum.addProduct(
                                            mapAt(n, (y + padding - ky) / stride, (x + padding - kx) / stride, f), weightAt(f, ky, kx, c))
                                    }
                                }
                            }
                            spread.append((sum + 0) + imageBias[0, c])
                        }
                    }
                }
            }
            var gradient: [Float] = []
            for f in 0..<shape.map.channels {
                for ky in 0..<shape.kernelHeight {
                    for kx in 0..<shape.kernelWidth {
                        for c in 0..<shape.image.channels {
                            var sum: Float = 0
                            for n in 0..<image.rows {
                                for oy in 0..<shape.map.height {
                                    for ox in 0..<shape.map.width {
                                        sum.addProduct(
                                            mapAt(n, oy, ox, f), imageAt(n, oy * stride - padding + ky, ox * stride - padding + kx, c))
                                    }
                                }
                            }
                            gradient.append(sum + 0)
                        }
                    }
                }
            }
            return [correlated, spread, gradient].map { $0.map { $0.isNaN ? 1 : $0.bitPattern } }
        }
    }

    @Test(
        "on every instruction set and any number of threads, infinities and NaN included", arguments: sizes, [false, true])
    func chains(_ sizes: Sizes, _ wild: Bool) {
        let tested = Case(sizes, wild: wild)
        let expected = tested.definition
        for (set, threads) in InstructionSet.available.flatMap({ set in [1, 2, 3].map { (set, $0) } }) {
            let found = tested.results(PortableArithmetic(pool: ThreadPool(threads: threads), instructionSet: set))
            for (index, name) in ["correlation", "spreading", "gradient by the filters"].enumerated() {
                #expect(found[index] == expected[index], "\(name) with \(set) on \(threads) threads")
            }
        }
    }
}
