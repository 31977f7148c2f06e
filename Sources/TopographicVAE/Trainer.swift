import Datasets
import NeuralNetworks
import Numerics

/// Trains a model on a data set's training part, step by step.
///
/// Step k is a pure function of (configuration, data set, seed, k, the state after step k − 1): epoch and order of images, their
/// transformations and every ε are drawn from Philox by position. So training that stops and resumes from a checkpoint
/// computes the same bits as training that never stopped.
public final class Trainer: ResumableTrainer {
    public let model: TopographicVAE
    public let dataset: any SequenceDataset
    public let optimizer: OptimizerConfiguration
    public let batchSize: Int
    public let seed: UInt64
    public private(set) var position = 0

    private let trainingStep: TrainingStep
    private let loader: SequenceLoader
    private let meter: EquivarianceMeter?
    private var order: (epoch: Int, images: [Int])?

    public init(
        model: TopographicVAE, dataset: any SequenceDataset, optimizer: OptimizerConfiguration, batchSize: Int, seed: UInt64
    ) throws(ConfigurationError) {
        try optimizer.validate()
        try model.checkFits(dataset)
        let images = dataset.count(of: .training)
        try ConfigurationError.require(
            (1...1 << 12).contains(batchSize) && batchSize <= images, "the batch size", batchSize,
            "1 ... \(min(images, 1 << 12)) (images in the training part)")
        self.model = model
        self.dataset = dataset
        self.optimizer = optimizer
        self.batchSize = batchSize
        self.seed = seed
        trainingStep = TrainingStep(model: model, sequences: batchSize, optimizer: optimizer.makeOptimizer(model.parameters))
        loader = SequenceLoader(dataset: dataset, batchSize: batchSize, pool: model.arithmetic.elementwise.pool)
        meter = EquivarianceMeter(model.configuration, sequences: batchSize, pool: model.arithmetic.elementwise.pool)
    }

    public var parameters: [Parameter] { model.parameters }

    /// Batches of an epoch. Images that do not fill a last batch wait for another epoch's order.
    public var stepsPerEpoch: Int { dataset.count(of: .training) / batchSize }

    /// The images whose sequences step k (counted from 0) trains on, and their epoch's number. Epochs count from 1 here, because
    /// epoch 0 of a data set is evaluation's.
    func images(ofStep step: Int) -> (images: ArraySlice<Int>, epoch: UInt32) {
        let epoch = step / stepsPerEpoch + 1
        if order?.epoch != epoch {
            let count = dataset.count(of: .training)
            order = (epoch, Philox(seed: seed).permutation(of: count, .dataOrder, step: UInt32(truncatingIfNeeded: epoch)))
        }
        let first = step % stepsPerEpoch * batchSize
        return ((order?.images ?? [])[first..<first + batchSize], UInt32(truncatingIfNeeded: epoch))
    }

    public func step() -> StepStatistics {
        let (images, epoch) = images(ofStep: position)
        loader.load(images: images, split: .training, epoch: epoch, seed: seed, into: trainingStep.pass.input)
        let statistics = trainingStep.run(
            PhiloxNoise.training(seed: seed, step: UInt32(truncatingIfNeeded: position)), number: position + 1)
        position += 1
        return statistics
    }

    // MARK: Watching

    /// E_eq of the batch of the last ``step()``, on the t that the step itself sampled; nil where the model has no sequences of capsules.
    public func equivarianceError() -> Double? { meter?.equivarianceError(trainingStep.pass.t) }

    /// Adds what the batch of the last ``step()`` says of CapCorr, on the same t.
    public func countRolls(into counts: inout RollCounts) { meter?.countRolls(of: trainingStep.pass.t, loader.sequences, into: &counts) }

    // MARK: Checkpoints

    public var identity: [CheckpointField] {
        let factors = zip(dataset.factorNames, dataset.factorSizes).map { "\($0):\($1)" }.joined(separator: " ")
        return [
            CheckpointField(name: WeightsFile.configurationKey, value: model.configuration.identity),
            CheckpointField(name: "optimizer", value: optimizer.identity),
            CheckpointField(name: "batch size", value: "\(batchSize)"),
            CheckpointField(name: "seed", value: "\(seed)"),
            CheckpointField(name: "data set", value: "\(dataset.count(of: .training)) images, factors \(factors)"),
            CheckpointField(name: "arithmetic", value: model.arithmetic.name),
        ]
    }

    public func saveCheckpoint(_ path: String) throws {
        try Checkpoint(identity: identity, position: position).write(trainingStep.optimizer.trainingState, to: path)
    }

    public func restoreCheckpoint(_ path: String) throws {
        position = try Checkpoint.restore(path, identity: identity, into: trainingStep.optimizer.trainingState)
    }

    public func saveWeights(_ path: String) throws { try model.saveWeights(path) }
}
