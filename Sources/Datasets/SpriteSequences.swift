/// dSprites sequences of the Topographic VAE: 15 frames of one sprite, moving along one factor.
///
/// Every image starts one sequence an epoch. One of {x, y, orientation, scale}, drawn uniformly, moves one step a frame from the image's own
/// value, modulo its size (scale, with five values, wraps three times); the others keep the image's own values. Every split draws from the same
/// images, as in the paper, but with draws of its own.
public struct SpriteSequences: SequenceDataset {
    public let sequenceLength = 15
    public let frameShape: FrameShape
    public let factorNames = ["x", "y", "orientation", "scale"]
    public let factorSizes = [
        SpriteSubset.positionCount, SpriteSubset.positionCount, SpriteSubset.orientationCount, SpriteSubset.scaleCount,
    ]
    /// The shapes: square, ellipse, heart.
    public let classCount = SpriteSubset.shapeCount
    public let hasHeldOutParts = false

    private let images: SpriteImages

    public init(images: SpriteImages) {
        self.images = images
        frameShape = FrameShape(channels: 1, height: images.side, width: images.side)
    }

    public func count(of split: Split) -> Int { SpriteSubset.count }

    public func fill(_ batch: inout SequenceBatch, split: Split, images indices: [Int], epoch: UInt32, seed: UInt64) {
        precondition(
            batch.sequences == indices.count && batch.sequenceLength == sequenceLength && batch.frameShape == frameShape
                && batch.factorCount == factorNames.count, "the batch's shape is not the data set's")
        let pixels = frameShape.count
        for (sequence, image) in indices.enumerated() {
            var position = SpriteSubset.Position(index: image)
            let moving = SequenceDraws(seed: seed, epoch: epoch, split: split, image: image).integer(below: 4, draw: 0)
            batch.labels[sequence] = position.shape
            batch.movingFactor[sequence] = moving
            for frame in 0..<sequenceLength {
                let row = sequence * sequenceLength + frame
                batch.factors[row * 4] = position.x
                batch.factors[row * 4 + 1] = position.y
                batch.factors[row * 4 + 2] = position.orientation
                batch.factors[row * 4 + 3] = position.scale
                batch.frames.withUnsafeMutableBufferPointer {
                    images.unpack(position.index, into: UnsafeMutableBufferPointer(rebasing: $0[(row * pixels)..<((row + 1) * pixels)]))
                }
                switch moving {
                case 0: position.x = (position.x + 1) % SpriteSubset.positionCount
                case 1: position.y = (position.y + 1) % SpriteSubset.positionCount
                case 2: position.orientation = (position.orientation + 1) % SpriteSubset.orientationCount
                default: position.scale = (position.scale + 1) % SpriteSubset.scaleCount
                }
            }
        }
    }
}
