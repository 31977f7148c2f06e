/// MNIST sequences of the Topographic VAE: 18 frames of one digit, in the red channel, transformed step by step (docs/mnist-sequences.md).
///
/// A moving factor starts anywhere in its cycle and moves one step a frame, wrapping round. The training images are divided into training and validation
/// parts by a seeded shuffle, four to one: 48,000 and 12,000 of 60,000. The test images are transformed the same way with draws of their own.
public struct MNISTSequences: SequenceDataset {
    /// Which factors there are and which of them move.
    public enum Mode: Hashable, Sendable, CaseIterable {
        /// Rotation, scale and hue; one of them, drawn per sequence, moves and the other two hold one random value each.
        case single
        /// Rotation and hue, each from its own start, move together; the scale is 1.
        case rotationAndHue
        /// Perspective and hue, each from its own start, move together.
        case perspectiveAndHue
    }

    public let sequenceLength = 18
    public let frameShape = FrameShape(channels: 3, height: MNISTImages.side, width: MNISTImages.side)
    public let factorNames: [String]
    public let factorSizes: [Int]
    public let classCount = MNISTImages.classCount
    public let hasHeldOutParts = true
    public let mode: Mode

    private let parts: MNISTParts
    private let factors: [Factor]

    /// - Parameters:
    ///   - images: the images to divide into training and validation parts.
    ///   - testImages: the held-out images.
    ///   - splitSeed: decides the division; the run's seed, where every run is to have its own.
    ///   - mode: which factors there are and which move.
    /// - Throws: ``DatasetError/invalidParameter(name:reason:)`` where a part would be empty.
    public init(images: MNISTImages, testImages: MNISTImages, splitSeed: UInt64, mode: Mode = .single) throws(DatasetError) {
        parts = try MNISTParts(images: images, testImages: testImages, splitSeed: splitSeed)
        self.mode = mode
        factors =
            switch mode {
            case .single: [.rotation, .scale, .hue]
            case .rotationAndHue: [.rotation, .hue]
            case .perspectiveAndHue: [.perspective, .hue]
            }
        factorNames = factors.map { "\($0)" }
        factorSizes = factors.map { _ in Factor.size }
    }

    public func count(of split: Split) -> Int { parts.count(of: split) }

    /// The image's index in the file that it came from.
    public func sourceIndex(of image: Int, in split: Split) -> Int { parts.sourceIndex(of: image, in: split) }

    public func fill(_ batch: inout SequenceBatch, split: Split, images indices: [Int], epoch: UInt32, seed: UInt64) {
        precondition(
            batch.sequences == indices.count && batch.sequenceLength == sequenceLength && batch.frameShape == frameShape
                && batch.factorCount == factorNames.count, "the batch's shape is not the data set's")
        for (sequence, image) in indices.enumerated() {
            batch.labels[sequence] = parts.label(of: image, in: split)
            let path = path(of: SequenceDraws(seed: seed, epoch: epoch, split: split, image: image))
            batch.movingFactor[sequence] = path.movingFactor
            for frame in 0..<sequenceLength {
                let start = (sequence * sequenceLength + frame) * factors.count
                for (position, factor) in factors.enumerated() { batch.factors[start + position] = path.value(of: factor, at: frame) }
            }
            let size = sequenceLength * frameShape.count
            batch.frames.withUnsafeMutableBufferPointer { frames in
                let output = UnsafeMutableBufferPointer(rebasing: frames[(sequence * size)..<((sequence + 1) * size)])
                parts.withPixels(of: image, in: split) { render($0, along: path, into: output) }
            }
        }
    }

    // MARK: One sequence

    /// What may move. The raw values are part of the recorded result, as numbers of draws: never renumber them.
    private enum Factor: Int {
        case rotation, scale, hue, perspective

        /// The number of values of every factor.
        static let size = 18
    }

    /// Where each factor starts and whether it moves, by ``Factor``'s raw values.
    private struct Path {
        var start = SIMD4<Int>()
        var step = SIMD4<Int>()
        /// −1 where several move.
        var movingFactor = -1

        func value(of factor: Factor, at frame: Int) -> Int {
            (start[factor.rawValue] + step[factor.rawValue] * frame) % Factor.size
        }

        func moves(_ factor: Factor) -> Bool { step[factor.rawValue] != 0 }
    }

    private func path(of draws: SequenceDraws) -> Path {
        var path = Path()
        for factor in factors { path.start[factor.rawValue] = draws.integer(below: Factor.size, draw: 1 + factor.rawValue) }
        if mode == .single {
            path.movingFactor = draws.integer(below: factors.count, draw: 0)
            path.step[factors[path.movingFactor].rawValue] = 1
        } else {
            for factor in factors { path.step[factor.rawValue] = 1 }
        }
        return path
    }

    private func warp(
        _ image: UnsafeBufferPointer<Float>, along path: Path, at frame: Int, into output: UnsafeMutableBufferPointer<Float>
    ) {
        func value(_ factor: Factor) -> Int { path.value(of: factor, at: frame) }
        switch mode {
        case .single: AffineWarp(rotation: value(.rotation), scale: value(.scale)).apply(to: image, into: output)
        case .rotationAndHue: AffineWarp(rotation: value(.rotation)).apply(to: image, into: output)
        case .perspectiveAndHue: PerspectiveWarp(angle: value(.perspective)).apply(to: image, into: output)
        }
    }

    /// - Parameters:
    ///   - pixels: [28, 28].
    ///   - output: [S, 3, 28, 28], overwritten.
    private func render(_ pixels: UnsafeBufferPointer<UInt8>, along path: Path, into output: UnsafeMutableBufferPointer<Float>) {
        let side = MNISTImages.side
        let bordered = BorderedImage.borderedSide
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
            let warpMoves = path.moves(.rotation) || path.moves(.scale) || path.moves(.perspective)
            for frame in 0..<sequenceLength {
                if frame == 0 || warpMoves { warp(UnsafeBufferPointer(image), along: path, at: frame, into: warped) }
                let gains = HueRotation(angle: path.value(of: .hue, at: frame)).gainsOfRed
                for channel in 0..<3 {
                    let gain = gains[channel]
                    let base = (frame * 3 + channel) * plane
                    for pixel in 0..<plane { output[base + pixel] = warped[pixel] * gain }
                }
            }
        }
    }
}
