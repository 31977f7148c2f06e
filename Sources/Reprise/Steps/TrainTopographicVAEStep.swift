import Foundation
import Integrity
import NeuralNetworks
import TopographicVAE
import Workflows

/// Trains a row of the model and leaves its weights, its learning curve and the digests of its checkpoints.
enum TrainTopographicVAEStep {
    static func run(_ context: StepContext) throws {
        let session = try TrainingSession(context)
        let trainer = session.trainer
        let steps = session.steps
        let every = try context.integer("checkpoint_every")
        let stretch = max(1, steps / max(1, try context.integer("curve_points")))

        let resumable = ResumableTraining(scratch: context.scratch)
        // Kept in scratch, which survives a kill, until the training is done.
        try FileManager.default.createDirectory(atPath: context.scratch + "/checkpoints", withIntermediateDirectories: true)
        var progress = try resumable.restore(trainer) ?? TrainingProgress(trainer)
        if trainer.position > 0 { Terminal.line("resumed at step \(trainer.position) of \(steps)") }
        /// Keeps the state at the end of a segment. A segment that is repeated after a kill writes the same bytes again.
        func keep() throws {
            let path = context.scratch + "/" + TrainingSession.checkpointPath(position: trainer.position)
            try trainer.saveCheckpoint(path)
            progress.checkpoints.append(
                TrainingProgress.Checkpoint(position: trainer.position, digest: try SHA256Digest.ofFile(at: path).digest))
        }

        let stop = StopRequest()
        let begun = Date()
        let first = trainer.position
        var shown = Date.distantPast
        while trainer.position < steps {
            let statistics = trainer.step()
            let position = trainer.position
            progress.add(statistics, of: trainer, stretch: stretch, steps: steps, isLastEpoch: position > steps - session.lastEpochLength)
            if session.isBoundary(position) { try keep() }
            if position.isMultiple(of: every) || position == steps { try resumable.save(trainer, progress) }
            if stop.isRequested, position < steps {
                try resumable.save(trainer, progress)
                throw StepError.stopped(position: position)
            }
            guard statistics.loss.isFinite else { throw TrainingDiverged(position: position) }
            if Date().timeIntervalSince(shown) > 0.2 || position == steps {
                shown = Date()
                context.report(
                    position, of: steps, unit: "steps",
                    text: String(format: "NLL %.1f  KL %.1f", statistics.negativeLogLikelihood, statistics.kl))
            }
        }
        let seconds = Date().timeIntervalSince(begun)
        Terminal.line(
            String(format: "%d steps in %.1f s, %.2f ms a step", steps - first, seconds, 1000 * seconds / Double(max(1, steps - first))))

        // The last loss was computed before the last update.
        guard trainer.model.parameters.allSatisfy({ $0.value.buffer.allSatisfy(\.isFinite) }) else {
            throw TrainingDiverged(position: steps)
        }
        try trainer.model.saveWeights(context.outputs + "/weights.safetensors")
        try publishCheckpoints(progress, of: context, before: steps)
        let factorNames = trainer.dataset.factorNames
        var metrics = progress.metrics(steps: steps, factorNames: factorNames)
        let images = try ModelSource(context: context).imageSource()
        metrics["images"] = .string(images)
        let chance = EquivarianceError.chance(
            for: trainer.model.configuration, sequences: 64, seed: trainer.seed, arithmetic: trainer.model.arithmetic)
        metrics["chance"] = ["equivariance_error": JSONValue(optional: chance)]
        metrics["report"] =
            TrainingReport(
                row: ModelSource(context: context).title, progress: progress,
                factorNames: factorNames, chance: chance, window: session.lastEpochText, images: images
            ).json
        try context.writeMetrics(metrics)
    }

    /// Gives the kept states a name among the outputs; their scratch names stay, for a kill may still come. The state after the last step is
    /// not kept: the weights say all that the record needs.
    private static func publishCheckpoints(_ progress: TrainingProgress, of context: StepContext, before steps: Int) throws {
        let kept = progress.checkpoints.filter { $0.position < steps }
        guard !kept.isEmpty else { return }
        try FileManager.default.createDirectory(atPath: context.outputs + "/checkpoints", withIntermediateDirectories: true)
        for checkpoint in kept {
            let path = TrainingSession.checkpointPath(position: checkpoint.position)
            guard try SHA256Digest.ofFile(at: context.scratch + "/" + path).digest == checkpoint.digest else {
                throw CheckpointDamaged(path: context.scratch + "/" + path)
            }
            guard link(context.scratch + "/" + path, context.outputs + "/" + path) == 0 else {
                throw WorkflowError.system(action: "publish", path: path, reason: String(cString: strerror(errno)))
            }
        }
    }
}
