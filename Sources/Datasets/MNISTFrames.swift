/// MNIST as it is: one grey frame a sequence, nothing moves. What the Topographic VAE's two-dimensional model (figure 3) is trained on.
///
/// The parts are those of ``MNISTSequences`` for the same `splitSeed`.
public struct MNISTFrames: SequenceDataset {
    public let sequenceLength = 1
    public let frameShape = FrameShape(channels: 1, height: MNISTImages.side, width: MNISTImages.side)
    public let factorNames: [String] = []
    public let factorSizes: [Int] = []
    public let classCount = MNISTImages.classCount
    public let hasHeldOutParts = true

    private let parts: MNISTParts

    /// - Parameters:
    ///   - images: the images to divide into training and validation parts.
    ///   - testImages: the held-out images.
    ///   - splitSeed: decides the division.
    /// - Throws: ``DatasetError/invalidParameter(name:reason:)`` where a part would be empty.
    public init(images: MNISTImages, testImages: MNISTImages, splitSeed: UInt64) throws(DatasetError) {
        parts = try MNISTParts(images: images, testImages: testImages, splitSeed: splitSeed)
    }

    public func count(of split: Split) -> Int { parts.count(of: split) }

    /// The image's index in the file that it came from.
    public func sourceIndex(of image: Int, in split: Split) -> Int { parts.sourceIndex(of: image, in: split) }

    public func fill(_ batch: inout SequenceBatch, split: Split, images indices: [Int], epoch: UInt32, seed: UInt64) {
        precondition(
            batch.sequences == indices.count && batch.sequenceLength == sequenceLength && batch.frameShape == frameShape
                && batch.factorCount == 0, "the batch's shape is not the data set's")
        for (sequence, image) in indices.enumerated() {
            batch.labels[sequence] = parts.label(of: image, in: split)
            batch.movingFactor[sequence] = -1
            let start = sequence * frameShape.count
            batch.frames.withUnsafeMutableBufferPointer { frames in
                parts.withPixels(of: image, in: split) { pixels in
                    for (offset, pixel) in pixels.enumerated() { frames[start + offset] = Float(pixel) / 255 }
                }
            }
        }
    }
}
