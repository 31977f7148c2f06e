import Foundation
import Integrity
import Workflows

/// Trains a row of a paper's model and leaves its weights, its learning curve and its kept states.
enum TrainStep {
    static func run<Kind: Training>(_ kind: Kind.Type, _ context: StepContext) throws {
        let training = try Kind(context)
        let trainer = training.trainer
        let segments = try TrainingSegments(context)
        let steps = segments.steps
        let lastEpoch = LastEpoch(steps: steps, stepsPerEpoch: training.stepsPerEpoch)
        let every = try context.integer("checkpoint_every")
        let stretch = max(1, steps / max(1, try context.integer("curve_points")))

        let resumable = ResumableTraining(training: training, scratch: context.scratch)
        // Kept in scratch, which survives a kill, until the training is done.
        try FileManager.default.createDirectory(atPath: context.scratch + "/checkpoints", withIntermediateDirectories: true)
        var progress = try resumable.restore() ?? TrainingProgress(training)
        if trainer.position > 0 { Terminal.line("resumed at step \(trainer.position) of \(steps)") }
        /// Keeps the state at the end of a segment. A segment that is repeated after a kill writes the same bytes again.
        func keep() throws {
            let path = context.scratch + "/" + TrainingSegments.checkpointPath(position: trainer.position)
            try trainer.saveCheckpoint(path)
            progress.checkpoints.append(.init(position: trainer.position, digest: try SHA256Digest.ofFile(at: path).digest))
        }

        let stop = StopRequest()
        let begun = Date()
        let first = trainer.position
        var shown = Date.distantPast
        while trainer.position < steps {
            let statistics = trainer.step()
            let position = trainer.position
            progress.add(statistics, of: training, stretch: stretch, steps: steps, isLastEpoch: lastEpoch.contains(position))
            if segments.isBoundary(position) { try keep() }
            if position.isMultiple(of: every) || position == steps { try resumable.save(progress) }
            if stop.isRequested, position < steps {
                try resumable.save(progress)
                throw StepError.stopped(position: position)
            }
            guard training.averaged(statistics).allSatisfy(\.isFinite) else { throw TrainingDiverged(position: position) }
            if Date().timeIntervalSince(shown) > 0.2 || position == steps {
                shown = Date()
                context.report(position, of: steps, unit: "steps", text: training.progressText(statistics))
            }
        }
        let seconds = Date().timeIntervalSince(begun)
        Terminal.line(
            String(format: "%d steps in %.1f s, %.2f ms a step", steps - first, seconds, 1000 * seconds / Double(max(1, steps - first))))

        // The last loss was computed before the last update.
        guard trainer.parameters.allSatisfy({ $0.value.buffer.allSatisfy(\.isFinite) }) else {
            throw TrainingDiverged(position: steps)
        }
        try trainer.saveWeights(context.outputs + "/" + TrainingSegments.weightsFile)
        try publishCheckpoints(progress, of: context, before: steps)
        var metrics = progress.record
        metrics["steps"] = .number(Double(steps))
        for (name, value) in try training.metrics(progress) { metrics[name] = value }
        try context.writeMetrics(metrics)
    }

    /// Gives the kept states a name among the outputs; their scratch names stay, for a kill may still come. The state after the last step is
    /// not kept: the weights say all that the record needs.
    private static func publishCheckpoints<Kind: Training>(
        _ progress: TrainingProgress<Kind>, of context: StepContext, before steps: Int
    ) throws {
        let kept = progress.checkpoints.filter { $0.position < steps }
        guard !kept.isEmpty else { return }
        try FileManager.default.createDirectory(atPath: context.outputs + "/checkpoints", withIntermediateDirectories: true)
        for checkpoint in kept {
            let path = TrainingSegments.checkpointPath(position: checkpoint.position)
            guard try SHA256Digest.ofFile(at: context.scratch + "/" + path).digest == checkpoint.digest else {
                throw CheckpointDamaged(path: context.scratch + "/" + path)
            }
            if link(context.scratch + "/" + path, context.outputs + "/" + path) == 0 { continue }
            // Not every file system that machines share links files of different folders.
            guard [EXDEV, EPERM, ENOTSUP, EMLINK].contains(errno) else {
                throw WorkflowError.system(action: "publish", path: path, reason: String(cString: strerror(errno)))
            }
            try FileManager.default.copyItem(atPath: context.scratch + "/" + path, toPath: context.outputs + "/" + path)
        }
    }
}
