/// The shape of one frame: channels × height × width, stored channel-first, rows top to bottom.
public struct FrameShape: Hashable, Sendable {
    public var channels: Int
    public var height: Int
    public var width: Int

    public init(channels: Int, height: Int, width: Int) {
        self.channels = channels
        self.height = height
        self.width = width
    }

    /// The number of values in a frame.
    public var count: Int { channels * height * width }
}

/// The parts of a data set. A data set without held-out parts says so in ``SequenceDataset/hasHeldOutParts``.
public enum Split: String, Hashable, Sendable, CaseIterable {
    case training, validation, test
}

/// A batch of B sequences of S frames, the unit that a Topographic VAE is trained on.
public struct SequenceBatch: Sendable {
    public let sequences: Int
    public let sequenceLength: Int
    public let frameShape: FrameShape
    public let factorCount: Int

    /// [B, S, C, H, W], values in [0, 1].
    public var frames: [Float]
    /// [B]: the index into ``SequenceDataset/factorNames`` of the factor that moves; −1 where several move together, or none.
    public var movingFactor: [Int]
    /// [B, S, F]: every factor's value as an index into its cycle.
    public var factors: [Int]
    /// [B]: the class of the image that the sequence transforms.
    public var labels: [Int]

    /// An all-zero batch to be filled, and filled again, without allocating.
    public init(sequences: Int, sequenceLength: Int, frameShape: FrameShape, factorCount: Int) {
        self.sequences = sequences
        self.sequenceLength = sequenceLength
        self.frameShape = frameShape
        self.factorCount = factorCount
        frames = [Float](repeating: 0, count: sequences * sequenceLength * frameShape.count)
        movingFactor = [Int](repeating: 0, count: sequences)
        factors = [Int](repeating: 0, count: sequences * sequenceLength * factorCount)
        labels = [Int](repeating: 0, count: sequences)
    }

    /// Indices into ``SequenceDataset/factorNames`` of the factors that move in a sequence, however many: those whose value is not the same in
    /// every frame.
    public func movingFactors(of sequence: Int) -> [Int] { (0..<factorCount).filter { moves($0, in: sequence) } }

    /// Whether a factor is among ``movingFactors(of:)``.
    public func moves(_ factor: Int, in sequence: Int) -> Bool {
        let first = sequence * sequenceLength * factorCount + factor
        return (1..<max(1, sequenceLength)).contains { factors[first + $0 * factorCount] != factors[first] }
    }
}

/// Sequences made by transforming still images. A sequence is a pure function of (seed, split, epoch, image index), so batching,
/// threads and resume points cannot change what a model sees.
public protocol SequenceDataset: Sendable {
    /// S, the number of frames of a sequence.
    var sequenceLength: Int { get }
    var frameShape: FrameShape { get }
    /// The factors of variation that a sequence may move along.
    var factorNames: [String] { get }
    /// For each factor the size of its cycle; a factor's values are 0 ..< size.
    var factorSizes: [Int] { get }
    /// The number of classes that ``SequenceBatch/labels`` names.
    var classCount: Int { get }
    /// False where every split draws from the same images (as in the paper's dSprites experiments).
    var hasHeldOutParts: Bool { get }

    /// The number of images of a split; each starts one sequence an epoch.
    func count(of split: Split) -> Int

    /// Fills `batch` with the sequences that start from the given images of the split.
    ///
    /// - Parameters:
    ///   - images: B indices below ``count(of:)``.
    ///   - epoch: selects the random draws; evaluation uses 0.
    ///   - seed: the run's seed.
    func fill(_ batch: inout SequenceBatch, split: Split, images: [Int], epoch: UInt32, seed: UInt64)
}
