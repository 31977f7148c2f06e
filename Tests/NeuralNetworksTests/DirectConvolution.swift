import NeuralNetworks
import Numerics

/// Convolutions straight from their definition, in double, one loop per index: slow, plain, and sharing nothing with what it checks.
struct DirectConvolution {
    /// (height, width, channels) of the image and (rows, columns, filters) of the map.
    var height, width, channels, rows, columns, filters: Int
    var kernelHeight, kernelWidth, stride, padding: Int

    /// Calls `body` with the places in map, image and weights that every term connects.
    func forEveryTerm(images: Int, _ body: (_ map: Int, _ image: Int, _ weight: Int) -> Void) {
        for n in 0..<images {
            for oy in 0..<rows {
                for ox in 0..<columns {
                    for f in 0..<filters {
                        for ky in 0..<kernelHeight {
                            for kx in 0..<kernelWidth {
                                for c in 0..<channels {
                                    let y = oy * stride - padding + ky
                                    let x = ox * stride - padding + kx
                                    guard y >= 0, y < height, x >= 0, x < width else { continue }
                                    body(
                                        ((n * rows + oy) * columns + ox) * filters + f, ((n * height + y) * width + x) * channels + c,
                                        ((f * kernelHeight + ky) * kernelWidth + kx) * channels + c)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    func map(of image: [Double], weight: [Double], bias: [Double], images: Int) -> [Double] {
        var map = (0..<images * rows * columns * filters).map { bias[$0 % filters] }
        forEveryTerm(images: images) { map[$0] += image[$1] * weight[$2] }
        return map
    }

    func image(of map: [Double], weight: [Double], bias: [Double], images: Int) -> [Double] {
        var image = (0..<images * height * width * channels).map { bias[$0 % channels] }
        forEveryTerm(images: images) { image[$1] += map[$0] * weight[$2] }
        return image
    }

    func weightGradient(map: [Double], image: [Double], images: Int) -> [Double] {
        var gradient = [Double](repeating: 0, count: filters * kernelHeight * kernelWidth * channels)
        forEveryTerm(images: images) { gradient[$2] += map[$0] * image[$1] }
        return gradient
    }

    func sums(of values: [Double], channels: Int) -> [Double] {
        var sums = [Double](repeating: 0, count: channels)
        for (index, value) in values.enumerated() { sums[index % channels] += value }
        return sums
    }
}

extension Matrix {
    var doubles: [Double] { values.map(Double.init) }
}
