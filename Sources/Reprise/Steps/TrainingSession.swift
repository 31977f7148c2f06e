import Foundation
import Integrity
import TopographicVAE
import Workflows

/// A training as its invocation describes it: the trainer, how long it runs, and where its segments end.
///
/// A training is divided into segments of equal length (the last may be shorter). Its state at the end of each is kept, so that an auditor
/// can replay one segment and compare bits instead of repeating all of it.
struct TrainingSession {
    let trainer: Trainer
    let steps: Int
    /// Steps of a segment.
    let segmentLength: Int

    init(_ context: StepContext) throws {
        let source = ModelSource(context: context)
        let dataset = try source.dataset()
        let model = try TopographicVAE(
            configuration: source.configuration(for: dataset), seed: source.seed, arithmetic: source.arithmetic())
        trainer = try Trainer(
            model: model, dataset: dataset, optimizer: source.optimizer(), batchSize: context.integer("batch_size"), seed: source.seed)
        steps = try context.integer("steps")
        segmentLength = TrainingSession.segmentLength(steps: steps, segments: try context.integer("segments"))
    }

    /// The steps that the averages over the last epoch are of.
    var lastEpochLength: Int { LastEpoch.length(steps: steps, stepsPerEpoch: trainer.stepsPerEpoch) }

    var lastEpochText: String {
        steps < trainer.stepsPerEpoch
            ? "the last \(lastEpochLength) of \(steps) steps (an epoch has \(trainer.stepsPerEpoch))"
            : "the last epoch, \(lastEpochLength) steps"
    }

    static func segmentLength(steps: Int, segments: Int) -> Int { max(1, (steps + segments - 1) / max(1, segments)) }

    /// Whether a segment ends after so many steps.
    func isBoundary(_ position: Int) -> Bool { position > 0 && (position.isMultiple(of: segmentLength) || position == steps) }

    /// Where a training keeps the state at the end of a segment, relative to its outputs.
    static func checkpointPath(position: Int) -> String { "checkpoints/step-\(String(position + 1_000_000_000).dropFirst()).safetensors" }
}
