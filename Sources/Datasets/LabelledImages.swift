import Numerics

/// Images of one size, each of one class: what a classifier, or a model of classes, learns from, whichever data set they came from.
public struct LabelledImages: Hashable, Sendable {
    public let height: Int
    public let width: Int
    public let channels: Int
    /// Classes are 0 ..< `classCount`; some may have no image.
    public let classCount: Int
    /// [count, height, width, channels]: rows top to bottom, channel last; 0 … 255.
    public let pixels: [UInt8]
    /// [count], each below ``classCount``.
    public let labels: [UInt8]

    public var count: Int { labels.count }

    /// The number of values in an image: height · width · channels.
    public var imageSize: Int { height * width * channels }

    /// Images from memory.
    ///
    /// - Parameters:
    ///   - height, width, channels: an image's shape, each at least 1.
    ///   - classCount: 1 … 256.
    ///   - pixels: [count, height, width, channels], channel last.
    ///   - labels: [count], each below `classCount`.
    /// - Throws: ``DatasetError/invalidParameter(name:reason:)``.
    public init(height: Int, width: Int, channels: Int, classCount: Int, pixels: [UInt8], labels: [UInt8]) throws(DatasetError) {
        guard height >= 1, width >= 1, channels >= 1 else {
            throw .invalidParameter(name: "height, width, channels", reason: "\(height)×\(width)×\(channels) is no image's shape")
        }
        guard (1...256).contains(classCount) else {
            throw .invalidParameter(name: "classCount", reason: "\(classCount) is not from 1 to 256")
        }
        var size = labels.count
        for factor in [height, width, channels] {
            let (product, overflow) = size.multipliedReportingOverflow(by: factor)
            guard !overflow else {
                throw .invalidParameter(name: "pixels", reason: "\(labels.count) images of \(height)×\(width)×\(channels) overflow")
            }
            size = product
        }
        guard pixels.count == size else {
            throw .invalidParameter(
                name: "pixels", reason: "\(pixels.count) values are not \(height)×\(width)×\(channels) for each of \(labels.count) labels")
        }
        if let position = labels.firstIndex(where: { Int($0) >= classCount }) {
            throw .invalidParameter(name: "labels", reason: "label \(labels[position]) at position \(position) is not below \(classCount)")
        }
        self.init(checked: (height, width, channels), classCount: classCount, pixels: pixels, labels: labels)
    }

    /// MNIST's digits: 28×28, one channel.
    public init(_ images: MNISTImages) {
        self.init(
            checked: (MNISTImages.side, MNISTImages.side, 1), classCount: MNISTImages.classCount, pixels: images.pixels,
            labels: images.labels)
    }

    /// SVHN's digits: 32×32, three channels.
    public init(_ images: SVHNImages) {
        self.init(
            checked: (SVHNImages.side, SVHNImages.side, SVHNImages.channels), classCount: SVHNImages.classCount, pixels: images.pixels,
            labels: images.labels)
    }

    private init(checked shape: (height: Int, width: Int, channels: Int), classCount: Int, pixels: [UInt8], labels: [UInt8]) {
        height = shape.height
        width = shape.width
        channels = shape.channels
        self.classCount = classCount
        self.pixels = pixels
        self.labels = labels
    }

    /// Writes images into consecutive rows of a matrix, one a row: [height, width, channels], each value divided by 255.
    ///
    /// - Parameters:
    ///   - matrix: as many columns as an image has values.
    ///   - firstRow: where the first image goes.
    ///   - indices: which images, each in 0 ..< ``count``.
    /// - Precondition: the rows are there, the columns fit, and so do the indices.
    public func fill(_ matrix: Matrix, firstRow: Int = 0, images indices: some Collection<Int>) {
        let size = imageSize
        precondition(matrix.columns == size, "\(matrix.columns) columns for images of \(size) values")
        precondition(firstRow >= 0 && firstRow <= matrix.rows && indices.count <= matrix.rows - firstRow, "no such rows")
        pixels.withUnsafeBufferPointer { pixels in
            for (offset, image) in indices.enumerated() {
                precondition(image >= 0 && image < count, "image \(image) of \(count)")
                let source = UnsafeBufferPointer(rebasing: pixels[(image * size)..<((image + 1) * size)])
                let target = matrix.pointer + (firstRow + offset) * size
                for position in 0..<size { target[position] = Float(source[position]) / 255 }
            }
        }
    }
}
