import Integrity
import NeuralNetworks

/// A paper's training as the step contract sees it: which trainer an invocation describes, what it measures of itself, and what its metrics
/// say. ``TrainStep`` makes the rest of it (checkpoints, segments, resuming, progress) and ``ReplaySegmentStep`` an auditor's replay.
///
/// Its script artifact has at least the parameters `steps`, `segments`, `checkpoint_every` and `curve_points`.
protocol Training {
    associatedtype PaperTrainer: ResumableTrainer
    associatedtype LastEpochKept: LastEpochMeasures = LastEpochMeans

    /// The names of what it measures: every step has a value of each averaged one, finite unless the training diverged.
    static var measures: TrainingMeasures { get }

    /// The training that an invocation describes, before its first step.
    init(_ context: StepContext) throws

    var trainer: PaperTrainer { get }
    /// Steps that see every image of the data once.
    var stepsPerEpoch: Int { get }

    /// The averaged measures of a step, in the order of their names.
    func averaged(_ statistics: PaperTrainer.Statistics) -> [Double]
    /// The momentary measures of the batch of the trainer's last step, in the order of their names.
    func momentary() -> [Double?]
    /// What the progress line says of a step.
    func progressText(_ statistics: PaperTrainer.Statistics) -> String

    /// What is kept of the last epoch, before its first step.
    var emptyLastEpoch: LastEpochKept { get }
    /// Adds the trainer's last step, one of the last epoch.
    func add(_ statistics: PaperTrainer.Statistics, momentary: [Double?], to lastEpoch: inout LastEpochKept)

    /// The metrics of the complete training and its `report`, beside `steps`, `curve` and `checkpoints`, which every training has.
    func metrics(_ progress: TrainingProgress<Self>) throws -> [String: JSONValue]
}

extension Training {
    func momentary() -> [Double?] { [] }
}

extension Training where LastEpochKept == LastEpochMeans {
    var emptyLastEpoch: LastEpochMeans { LastEpochMeans(Self.measures) }

    func add(_ statistics: PaperTrainer.Statistics, momentary: [Double?], to lastEpoch: inout LastEpochMeans) {
        lastEpoch.add(averaged(statistics), momentary: momentary)
    }
}
