import Numerics

/// Labelled images divided into a training, a validation and a test part.
///
/// A seeded shuffle of the training images gives training and validation parts, five to one (50,000 and 10,000 of MNIST's 60,000); the test images are a part
/// of their own. Within a part an image is named by its position there.
public struct LabelledImageParts: Sendable {
    /// One validation image for so many of the images that are divided.
    static let imagesPerValidationImage = 6

    private let images: LabelledImages
    private let testImages: LabelledImages
    /// Indices into `images`, in the shuffle's order: training first, then validation.
    private let order: [Int]
    private let trainingCount: Int

    public var height: Int { images.height }
    public var width: Int { images.width }
    public var channels: Int { images.channels }
    public var classCount: Int { images.classCount }
    /// The number of values in an image.
    public var imageSize: Int { images.imageSize }

    /// - Parameters:
    ///   - images: the images to divide into training and validation parts.
    ///   - testImages: the held-out images, of the same shape and classes.
    ///   - splitSeed: decides the division.
    /// - Throws: ``DatasetError/invalidParameter(name:reason:)`` where a part would be empty or the test images are of another kind.
    public init(images: LabelledImages, testImages: LabelledImages, splitSeed: UInt64) throws(DatasetError) {
        guard images.count >= LabelledImageParts.imagesPerValidationImage else {
            throw .invalidParameter(name: "images", reason: "\(images.count) images cannot be divided five to one")
        }
        guard testImages.count >= 1 else { throw .invalidParameter(name: "testImages", reason: "there are none") }
        guard
            (images.height, images.width, images.channels, images.classCount)
                == (testImages.height, testImages.width, testImages.channels, testImages.classCount)
        else {
            throw .invalidParameter(
                name: "testImages",
                reason: "they are \(testImages.height)×\(testImages.width)×\(testImages.channels) of \(testImages.classCount) classes, the "
                    + "training images \(images.height)×\(images.width)×\(images.channels) of \(images.classCount)")
        }
        self.images = images
        self.testImages = testImages
        order = Philox(seed: splitSeed).permutation(of: images.count, .split, step: 0)
        trainingCount = images.count - images.count / LabelledImageParts.imagesPerValidationImage
    }

    public func count(of split: Split) -> Int {
        switch split {
        case .training: trainingCount
        case .validation: order.count - trainingCount
        case .test: testImages.count
        }
    }

    /// The image's index among the images that it came from.
    ///
    /// - Precondition: 0 ≤ `image` < ``count(of:)``.
    public func sourceIndex(of image: Int, in split: Split) -> Int {
        precondition(image >= 0 && image < count(of: split), "image \(image) is not one of the split's \(count(of: split))")
        switch split {
        case .training: return order[image]
        case .validation: return order[trainingCount + image]
        case .test: return image
        }
    }

    /// The image's class.
    ///
    /// - Precondition: 0 ≤ `image` < ``count(of:)``.
    public func label(of image: Int, in split: Split) -> Int { Int(source(of: split).labels[sourceIndex(of: image, in: split)]) }

    /// Every image's class, in the part's order.
    public func labels(of split: Split) -> [Int] { (0..<count(of: split)).map { label(of: $0, in: split) } }

    /// Writes images into consecutive rows of a matrix, one a row: [height, width, channels], values in [0, 1].
    ///
    /// - Parameters:
    ///   - matrix: as many columns as an image has values.
    ///   - firstRow: where the first image goes.
    ///   - indices: which of the part's images, each in 0 ..< ``count(of:)``.
    /// - Precondition: the rows are there, the columns fit, and so do the indices.
    public func fill(_ matrix: Matrix, firstRow: Int = 0, images indices: some Collection<Int>, of split: Split) {
        source(of: split).fill(matrix, firstRow: firstRow, images: indices.map { sourceIndex(of: $0, in: split) })
    }

    /// Draws the training images that keep their labels, as many of each class.
    ///
    /// The training images are shuffled by the seed and each class keeps its first ones: so of two draws with one seed the smaller is part of the larger.
    ///
    /// - Parameters:
    ///   - count: how many keep their labels, a multiple of ``classCount``.
    ///   - seed: decides which.
    /// - Throws: ``DatasetError/invalidParameter(name:reason:)`` where the classes cannot have as many each.
    public func labelledDraw(count: Int, seed: UInt64) throws(DatasetError) -> LabelledDraw {
        guard count >= 1, count % classCount == 0 else {
            throw .invalidParameter(name: "count", reason: "\(count) labelled images are not as many of each of \(classCount) classes")
        }
        let wanted = count / classCount
        var found = [Int](repeating: 0, count: classCount)
        var keepsLabel = [Bool](repeating: false, count: trainingCount)
        for image in Philox(seed: seed).permutation(of: trainingCount, .labelledDraw, step: 0) {
            let label = label(of: image, in: .training)
            guard found[label] < wanted else { continue }
            found[label] += 1
            keepsLabel[image] = true
        }
        if let label = found.firstIndex(where: { $0 < wanted }) {
            throw .invalidParameter(
                name: "count",
                reason: "\(count) labelled images take \(wanted) of each class, class \(label) has \(found[label]) to train on")
        }
        return LabelledDraw(
            labelled: keepsLabel.indices.filter { keepsLabel[$0] }, unlabelled: keepsLabel.indices.filter { !keepsLabel[$0] })
    }

    private func source(of split: Split) -> LabelledImages { split == .test ? testImages : images }
}
