/// Street View House Numbers, cropped: 32×32 colour images of digits and their classes 0–9 (Netzer et al., 2011).
public struct SVHNImages: Hashable, Sendable {
    public static let side = 32
    public static let channels = 3
    public static let classCount = 10
    /// More than any of the three published files holds; the largest has 531,131 images.
    public static let maximumCount = 600_000

    /// The number of values in an image.
    public static var imageSize: Int { side * side * channels }

    /// [count, 32, 32, 3]: rows top to bottom, columns left to right, then red, green and blue; 0 … 255.
    public let pixels: [UInt8]
    /// [count], each 0–9: the digit that is shown.
    public let labels: [UInt8]

    public var count: Int { labels.count }

    /// Reads one of the published files, `train_32x32.mat`, `test_32x32.mat` or `extra_32x32.mat`: a MATLAB 5.0 file, streamed, of which nothing but the result
    /// is held. MATLAB's label 10 becomes the digit 0.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - maximumCount: the most images accepted.
    ///   - progress: called now and then with the number of images read and that of all.
    /// - Throws: ``DatasetError``: a file that broke off is called truncated, any other fault is named.
    public init(
        path: String, maximumCount: Int = SVHNImages.maximumCount, progress: (Int, Int) -> Void = { _, _ in }
    ) throws(DatasetError) {
        let limit = min(maximumCount, SVHNImages.maximumCount)
        guard limit >= 1 else { throw .invalidParameter(name: "maximumCount", reason: "\(maximumCount) images are none") }
        self = try SVHNFile(path: path, maximumCount: limit).images(progress: progress)
    }

    /// Images from memory.
    ///
    /// - Parameters:
    ///   - pixels: [count, 32, 32, 3], channel last.
    ///   - labels: [count], each 0–9.
    /// - Throws: ``DatasetError/invalidParameter(name:reason:)``.
    public init(pixels: [UInt8], labels: [UInt8]) throws(DatasetError) {
        guard labels.count <= SVHNImages.maximumCount else {
            throw .invalidParameter(
                name: "labels", reason: "\(labels.count) images are more than SVHN's \(SVHNImages.maximumCount) at most")
        }
        guard pixels.count == labels.count * SVHNImages.imageSize else {
            throw .invalidParameter(name: "pixels", reason: "\(pixels.count) values are not 32×32×3 for each of \(labels.count) labels")
        }
        guard labels.allSatisfy({ $0 < SVHNImages.classCount }) else {
            throw .invalidParameter(name: "labels", reason: "a label is not a digit")
        }
        self.pixels = pixels
        self.labels = labels
    }
}
