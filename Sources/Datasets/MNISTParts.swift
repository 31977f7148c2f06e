import Numerics

/// MNIST divided as the Topographic VAE's authors do: a seeded shuffle of the training images gives training and validation parts, four to one
/// (48,000 and 12,000 of 60,000); the test images are a part of their own.
struct MNISTParts: Sendable {
    private let images: MNISTImages
    private let testImages: MNISTImages
    /// Indices into `images`, in the shuffle's order: training first, then validation.
    private let order: [Int]
    private let trainingCount: Int

    /// - Throws: ``DatasetError/invalidParameter(name:reason:)`` where a part would be empty.
    init(images: MNISTImages, testImages: MNISTImages, splitSeed: UInt64) throws(DatasetError) {
        guard images.count >= 5 else {
            throw .invalidParameter(name: "images", reason: "\(images.count) images cannot be divided four to one")
        }
        guard testImages.count >= 1 else { throw .invalidParameter(name: "testImages", reason: "there are none") }
        self.images = images
        self.testImages = testImages
        order = Philox(seed: splitSeed).permutation(of: images.count, .split, step: 0)
        trainingCount = images.count - images.count / 5
    }

    func count(of split: Split) -> Int {
        switch split {
        case .training: trainingCount
        case .validation: order.count - trainingCount
        case .test: testImages.count
        }
    }

    /// The image's index in the file that it came from.
    func sourceIndex(of image: Int, in split: Split) -> Int {
        switch split {
        case .training: order[image]
        case .validation: order[trainingCount + image]
        case .test: image
        }
    }

    /// - Precondition: 0 ≤ `image` < ``count(of:)``.
    func label(of image: Int, in split: Split) -> Int { Int(source(of: split).labels[checkedIndex(of: image, in: split)]) }

    /// Calls `body` with an image's pixels: [28, 28], 0 … 255.
    ///
    /// - Precondition: 0 ≤ `image` < ``count(of:)``.
    func withPixels(of image: Int, in split: Split, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        let size = MNISTImages.side * MNISTImages.side
        let start = checkedIndex(of: image, in: split) * size
        source(of: split).pixels.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[start..<(start + size)])) }
    }

    private func source(of split: Split) -> MNISTImages { split == .test ? testImages : images }

    private func checkedIndex(of image: Int, in split: Split) -> Int {
        precondition(image >= 0 && image < count(of: split), "image \(image) is not one of the split's \(count(of: split))")
        return sourceIndex(of: image, in: split)
    }
}
