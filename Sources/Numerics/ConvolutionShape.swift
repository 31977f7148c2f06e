import CKernels

/// What a convolution connects: the pixels of an image with the pixels of a map that has one channel per filter.
///
/// The filter placed at (oy, ox) of the map covers the image's pixels (oy · stride − padding + ky, ox · stride − padding + kx). A convolution goes
/// from the image to the map, a transposed convolution from the map to the image, with the same weights [filters, KH·KW·channels].
public struct ConvolutionShape: Hashable, Sendable {
    public let image: ImageShape
    /// Its channels are the filters.
    public let map: ImageShape
    public let kernelHeight: Int
    public let kernelWidth: Int
    public let stride: Int
    public let padding: Int

    /// What sizes may be. Within these nothing overflows, and tables that are made for a shape stay small.
    private enum Limit {
        static let size = 1 << 15
        static let kernel = 1 << 10
        static let stride = 1 << 6
        static let count = 1 << 31
    }

    /// The map that an image gives: ⌊(size + 2 · padding − kernel) / stride⌋ + 1 in each direction.
    ///
    /// - Returns: nil where the kernel does not fit into the padded image, or a size is none that can be computed with: heights, widths, channels
    ///   and filters are from 1 to 32768, kernels from 1 to 1024, strides from 1 to 64, paddings from 0 to 1024, images, maps and weights at
    ///   most 2³¹ numbers.
    public init?(image: ImageShape, filters: Int, kernelHeight: Int, kernelWidth: Int, stride: Int, padding: Int) {
        guard
            ConvolutionShape.allows(kernelHeight, kernelWidth, stride: stride, padding: padding), ConvolutionShape.allows(image),
            image.height + 2 * padding >= kernelHeight, image.width + 2 * padding >= kernelWidth
        else { return nil }
        let map = ImageShape(
            height: (image.height + 2 * padding - kernelHeight) / stride + 1, width: (image.width + 2 * padding - kernelWidth) / stride + 1,
            channels: filters)
        self.init(image, map, kernelHeight, kernelWidth, stride, padding)
    }

    /// The image that a map gives: (size − 1) · stride − 2 · padding + kernel in each direction, the smallest of which the map is the map.
    ///
    /// - Returns: nil where nothing would be left of the image, or as above.
    public init?(map: ImageShape, channels: Int, kernelHeight: Int, kernelWidth: Int, stride: Int, padding: Int) {
        guard ConvolutionShape.allows(kernelHeight, kernelWidth, stride: stride, padding: padding), ConvolutionShape.allows(map) else {
            return nil
        }
        let image = ImageShape(
            height: (map.height - 1) * stride - 2 * padding + kernelHeight, width: (map.width - 1) * stride - 2 * padding + kernelWidth,
            channels: channels)
        self.init(image, map, kernelHeight, kernelWidth, stride, padding)
    }

    private init?(_ image: ImageShape, _ map: ImageShape, _ kernelHeight: Int, _ kernelWidth: Int, _ stride: Int, _ padding: Int) {
        guard
            ConvolutionShape.allows(image), ConvolutionShape.allows(map),
            kernelHeight * kernelWidth * image.channels <= Limit.count / map.channels
        else { return nil }
        self.image = image
        self.map = map
        self.kernelHeight = kernelHeight
        self.kernelWidth = kernelWidth
        self.stride = stride
        self.padding = padding
    }

    private static func allows(_ shape: ImageShape) -> Bool {
        let sizes = 1...Limit.size
        return sizes.contains(shape.height) && sizes.contains(shape.width) && sizes.contains(shape.channels) && shape.count <= Limit.count
    }

    private static func allows(_ kernelHeight: Int, _ kernelWidth: Int, stride: Int, padding: Int) -> Bool {
        (1...Limit.kernel).contains(kernelHeight) && (1...Limit.kernel).contains(kernelWidth) && (1...Limit.stride).contains(stride)
            && (0...Limit.kernel).contains(padding)
    }

    /// The numbers of one filter, KH · KW · channels: the columns of the weights.
    public var filterCount: Int { kernelHeight * kernelWidth * image.channels }

    var kernel: convolution_shape {
        convolution_shape(
            height: image.height, width: image.width, channels: image.channels, map_height: map.height, map_width: map.width,
            filters: map.channels, kernel_height: kernelHeight, kernel_width: kernelWidth, stride: stride, padding: padding)
    }

    /// Checks matrices before their pointers go to C.
    func check(map: Matrix, image: Matrix, weight: Matrix) {
        precondition(
            map.rows == image.rows && map.columns == self.map.count && image.columns == self.image.count,
            "maps of \(map.rows) by \(map.columns) and images of \(image.rows) by \(image.columns) for a convolution of \(self)")
        precondition(
            weight.rows == self.map.channels && weight.columns == filterCount,
            "weights of \(weight.rows) by \(weight.columns) for a convolution of \(self)")
    }
}
