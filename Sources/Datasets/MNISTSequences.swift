import Numerics

/// MNIST sequences of the Topographic VAE: 18 frames of one digit, in the red channel, turned, scaled or recoloured.
///
/// At random one of {rotation, scale, hue} starts anywhere in its cycle and moves one step a frame, wrapping round; the other two hold one random
/// value each. The training images are divided into training and validation parts by a seeded shuffle, four to one: 48,000 and 12,000 of 60,000.
/// The test images are transformed the same way with draws of their own.
public struct MNISTSequences: SequenceDataset {
    /// Which factors move in a sequence.
    public enum Mode: String, Hashable, Sendable, CaseIterable {
        /// One of the three, drawn per sequence.
        case single
        /// Rotation and hue together; scale holds a random value.
        case dual
    }

    public let sequenceLength = 18
    public let frameShape = FrameShape(channels: 3, height: MNISTImages.side, width: MNISTImages.side)
    public let factorNames = ["rotation", "scale", "hue"]
    public let factorSizes = [18, 18, 18]
    public let classCount = MNISTImages.classCount
    public let hasHeldOutParts = true
    public let mode: Mode

    private let images: MNISTImages
    private let testImages: MNISTImages
    /// Indices into `images`, in the shuffle's order: training first, then validation.
    private let order: [Int]
    private let trainingCount: Int

    /// - Parameters:
    ///   - images: the images to divide into training and validation parts.
    ///   - testImages: the held-out images.
    ///   - splitSeed: decides the division; the run's seed, where every run is to have its own.
    ///   - mode: which factors move.
    /// - Throws: ``DatasetError/invalidParameter(name:reason:)`` where a part would be empty.
    public init(images: MNISTImages, testImages: MNISTImages, splitSeed: UInt64, mode: Mode = .single) throws(DatasetError) {
        guard images.count >= 5 else {
            throw .invalidParameter(name: "images", reason: "\(images.count) images cannot be divided four to one")
        }
        guard testImages.count >= 1 else { throw .invalidParameter(name: "testImages", reason: "there are none") }
        self.images = images
        self.testImages = testImages
        self.mode = mode
        order = Philox(seed: splitSeed).permutation(of: images.count, .split, step: 0)
        trainingCount = images.count - images.count / 5
    }

    public func count(of split: Split) -> Int {
        switch split {
        case .training: trainingCount
        case .validation: order.count - trainingCount
        case .test: testImages.count
        }
    }

    /// The image's index in the file that it came from.
    public func sourceIndex(of image: Int, in split: Split) -> Int {
        switch split {
        case .training: order[image]
        case .validation: order[trainingCount + image]
        case .test: image
        }
    }

    public func fill(_ batch: inout SequenceBatch, split: Split, images indices: [Int], epoch: UInt32, seed: UInt64) {
        precondition(
            batch.sequences == indices.count && batch.sequenceLength == sequenceLength && batch.frameShape == frameShape
                && batch.factorCount == factorNames.count, "the batch's shape is not the data set's")
        let source = split == .test ? testImages : images
        let count = count(of: split)
        for (sequence, image) in indices.enumerated() {
            precondition(image >= 0 && image < count, "image \(image) is not one of the split's \(count)")
            let sourceIndex = sourceIndex(of: image, in: split)
            let path = path(of: SequenceDraws(seed: seed, epoch: epoch, split: split, image: image))
            batch.labels[sequence] = Int(source.labels[sourceIndex])
            batch.movingFactor[sequence] = path.movingFactor
            for frame in 0..<sequenceLength {
                for factor in 0..<3 { batch.factors[(sequence * sequenceLength + frame) * 3 + factor] = path.value(of: factor, at: frame) }
            }
            let size = sequenceLength * frameShape.count
            batch.frames.withUnsafeMutableBufferPointer { frames in
                source.pixels.withUnsafeBufferPointer { pixels in
                    let count = MNISTImages.side * MNISTImages.side
                    render(
                        UnsafeBufferPointer(rebasing: pixels[(sourceIndex * count)..<((sourceIndex + 1) * count)]), along: path,
                        into: UnsafeMutableBufferPointer(rebasing: frames[(sequence * size)..<((sequence + 1) * size)]))
                }
            }
        }
    }

    // MARK: One sequence

    /// Where each factor starts and whether it moves.
    private struct Path {
        /// (rotation, scale, hue)
        var start: SIMD3<Int>
        var step: SIMD3<Int>
        /// −1 where several move.
        var movingFactor: Int

        func value(of factor: Int, at frame: Int) -> Int { (start[factor] + step[factor] * frame) % 18 }
    }

    private func path(of draws: SequenceDraws) -> Path {
        var path = Path(start: SIMD3(), step: SIMD3(), movingFactor: -1)
        for factor in 0..<3 { path.start[factor] = draws.integer(below: 18, draw: 1 + factor) }
        switch mode {
        case .single:
            path.movingFactor = draws.integer(below: 3, draw: 0)
            path.step[path.movingFactor] = 1
        case .dual:
            path.step = SIMD3(1, 0, 1)
        }
        return path
    }

    /// - Parameters:
    ///   - pixels: [28, 28].
    ///   - output: [S, 3, 28, 28], overwritten.
    private func render(_ pixels: UnsafeBufferPointer<UInt8>, along path: Path, into output: UnsafeMutableBufferPointer<Float>) {
        let side = MNISTImages.side
        let bordered = AffineWarp.borderedSide
        let plane = side * side
        // On the stack: `withUnsafeTemporaryAllocation` takes the heap for as many, and training is to leave that alone.
        var storage = InlineArray<1684, Float>(repeating: 0)
        withUnsafeMutableBytes(of: &storage) { storage in
            let scratch = storage.assumingMemoryBound(to: Float.self)
            let image = UnsafeMutableBufferPointer(rebasing: scratch[..<(bordered * bordered)])
            let warped = UnsafeMutableBufferPointer(rebasing: scratch[(bordered * bordered)...])
            for row in 0..<side {
                for column in 0..<side { image[(row + 1) * bordered + column + 1] = Float(pixels[row * side + column]) / 255 }
            }
            let warpMoves = path.step[0] != 0 || path.step[1] != 0
            for frame in 0..<sequenceLength {
                if frame == 0 || warpMoves {
                    AffineWarp(rotation: path.value(of: 0, at: frame), scale: path.value(of: 1, at: frame))
                        .apply(to: UnsafeBufferPointer(image), into: warped)
                }
                let gains = HueRotation(angle: path.value(of: 2, at: frame)).gainsOfRed
                for channel in 0..<3 {
                    let gain = gains[channel]
                    let base = (frame * 3 + channel) * plane
                    for pixel in 0..<plane { output[base + pixel] = warped[pixel] * gain }
                }
            }
        }
    }
}
