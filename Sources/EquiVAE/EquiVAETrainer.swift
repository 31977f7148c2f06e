import Datasets
import NeuralNetworks
import Numerics

/// Trains a model on a data set's training part, step by step.
///
/// Step k is a pure function of (configuration, data set, labels, objective, seed, k, the state after step k − 1): which images it sees and
/// every random number are drawn from Philox by position. So training that stops and resumes from a checkpoint computes the same bits as
/// training that never stopped.
public final class EquiVAETrainer: ResumableTrainer {
    public let model: EquiVAE
    public let parts: LabelledImageParts
    public let optimizer: OptimizerConfiguration
    public let objective: TrainingObjective
    public let seed: UInt64
    /// Completed steps.
    public private(set) var position = 0

    private let examples: ComplementaryExamples
    /// Training images without label, ascending.
    private let unlabelled: [Int]
    private let labelledCount: Int
    private let trainingStep: EquiVAEStep
    private var order: (epoch: Int, images: [Int])?

    /// - Parameters:
    ///   - labelled: how many training images keep their label, as many of each class; nil: all.
    ///   - seed: draws them, the initial weights of `model` aside.
    public init(
        model: EquiVAE, parts: LabelledImageParts, labelled: Int?, objective: TrainingObjective, optimizer: OptimizerConfiguration,
        seed: UInt64
    ) throws {
        let configuration = model.configuration
        try optimizer.validate()
        try objective.validate(configuration)
        try model.checkFits(parts)
        let labels = try TrainingLabels(parts, labelled: labelled, seed: seed)
        examples = try ComplementaryExamples(pools: labels.classes, count: configuration.complementaryExamples)
        unlabelled = labels.unlabelled
        try ConfigurationError.require(
            objective.unlabelledBatch <= unlabelled.count, "the unlabelled batch", objective.unlabelledBatch,
            "at most \(unlabelled.count), the images without label")
        self.model = model
        self.parts = parts
        self.objective = objective
        self.optimizer = optimizer
        self.seed = seed
        labelledCount = labels.classes.reduce(0) { $0 + $1.count }
        let all = objective.unlabelledBatch == 0 ? labelledCount : labelledCount + unlabelled.count
        trainingStep = EquiVAEStep(
            model: model, objective: objective, labelledShare: Double(labelledCount) / Double(all),
            optimizer: optimizer.makeOptimizer(model.parameters))
    }

    public var parameters: [Parameter] { model.parameters }

    /// Steps that see every image once: every unlabelled one, or without such, every labelled one on average.
    public var stepsPerEpoch: Int {
        objective.unlabelledBatch > 0 ? unlabelled.count / objective.unlabelledBatch : max(1, labelledCount / examples.imagesPerStep)
    }

    /// The images of step k, counted from 0: the labelled ones class by class, then the unlabelled ones. Unlabelled images that do not fill an
    /// epoch's last batch wait for another epoch's order.
    func images(ofStep step: Int) -> [Int] {
        let labelled = examples.draw(seed: seed, step: UInt32(truncatingIfNeeded: step))
        let size = objective.unlabelledBatch
        guard size > 0 else { return labelled }
        let epoch = step / stepsPerEpoch
        if order?.epoch != epoch {
            order = (
                epoch,
                Philox(seed: seed).permutation(of: unlabelled.count, .unlabelledOrder, step: UInt32(truncatingIfNeeded: epoch))
            )
        }
        let first = step % stepsPerEpoch * size
        return labelled + (order?.images ?? [])[first..<first + size].map { unlabelled[$0] }
    }

    /// Makes one step.
    public func step() -> EquiVAEStatistics {
        parts.fill(trainingStep.input, images: images(ofStep: position), of: .training)
        let statistics = trainingStep.run(
            PhiloxEquiVAENoise(seed: seed, step: UInt32(truncatingIfNeeded: position)), number: position + 1)
        position += 1
        return statistics
    }

    // MARK: Checkpoints

    /// All that determines this training's future, the state aside: a checkpoint continues only the training that it was made by.
    public var identity: [CheckpointField] {
        [
            CheckpointField(name: WeightsFile.configurationKey, value: model.configuration.identity),
            CheckpointField(name: "objective", value: objective.identity),
            CheckpointField(name: "optimizer", value: optimizer.identity),
            CheckpointField(name: "seed", value: "\(seed)"),
            CheckpointField(name: "data set", value: "\(labelledCount) labelled, \(unlabelled.count) unlabelled images"),
            CheckpointField(name: "arithmetic", value: model.arithmetic.name),
        ]
    }

    private var state: [NamedMatrix] { trainingStep.optimizer.trainingState }

    public func saveWeights(_ path: String) throws { try model.saveWeights(path) }

    /// Writes weights, optimiser state and position as one safetensors file. It appears under its name only when complete.
    public func saveCheckpoint(_ path: String) throws { try Checkpoint(identity: identity, position: position).write(state, to: path) }

    /// Continues where a checkpoint of this very training stands. A checkpoint of any other is refused, and a refused or damaged one leaves the
    /// trainer as it was.
    public func restoreCheckpoint(_ path: String) throws { position = try Checkpoint.restore(path, identity: identity, into: state) }
}
