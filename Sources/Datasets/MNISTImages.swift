/// Handwritten digits: 28×28 grey images and their classes 0–9.
public struct MNISTImages: Hashable, Sendable {
    public static let side = 28
    public static let classCount = 10

    /// [count, 28, 28], rows top to bottom, 0 (paper) to 255 (ink).
    public let pixels: [UInt8]
    /// [count], each 0–9.
    public let labels: [UInt8]

    public var count: Int { labels.count }

    /// Reads one pair of the four canonical files, straight from `.gz`.
    public init(imagesPath: String, labelsPath: String) throws(DatasetError) {
        let images = try IDXFile(path: imagesPath)
        let labels = try IDXFile(path: labelsPath)
        guard images.shape.count == 3, images.shape[1] == MNISTImages.side, images.shape[2] == MNISTImages.side else {
            throw .malformed(path: imagesPath, reason: "its shape is \(images.shape), not images of 28×28")
        }
        guard labels.shape.count == 1 else {
            throw .malformed(path: labelsPath, reason: "its shape is \(labels.shape), not one label per image")
        }
        guard images.shape[0] == labels.shape[0] else {
            throw .malformed(path: labelsPath, reason: "\(labels.shape[0]) labels for the \(images.shape[0]) images of \(imagesPath)")
        }
        if let position = labels.bytes.firstIndex(where: { $0 >= MNISTImages.classCount }) {
            throw .malformed(path: labelsPath, reason: "label \(labels.bytes[position]) at position \(position) is not a digit")
        }
        pixels = images.bytes
        self.labels = labels.bytes
    }

    /// Images from memory.
    ///
    /// - Parameters:
    ///   - pixels: [count, 28, 28].
    ///   - labels: [count], each 0–9.
    public init(pixels: [UInt8], labels: [UInt8]) throws(DatasetError) {
        guard pixels.count == labels.count * MNISTImages.side * MNISTImages.side else {
            throw .invalidParameter(name: "pixels", reason: "\(pixels.count) values are not 28×28 for each of \(labels.count) labels")
        }
        guard labels.allSatisfy({ $0 < MNISTImages.classCount }) else {
            throw .invalidParameter(name: "labels", reason: "a label is not a digit")
        }
        self.pixels = pixels
        self.labels = labels
    }
}
