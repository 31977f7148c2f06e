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

        let checkpoint = context.scratch + "/checkpoint.safetensors"
        // Kept in scratch, which survives a kill, until the training is done.
        let kept = context.scratch + "/checkpoints"
        try FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: true)
        var progress = TrainingProgress()
        if FileManager.default.fileExists(atPath: checkpoint) {
            try trainer.restoreCheckpoint(checkpoint)
            progress = try TrainingProgress(file: progressFile(context, trainer.position))
            Terminal.line("resumed at step \(trainer.position) of \(steps)")
        }
        func save() throws {
            // Curve first, under the position's own name: whichever checkpoint survives a kill finds the curve that led to it.
            try progress.write(to: progressFile(context, trainer.position))
            try trainer.saveCheckpoint(checkpoint)
            for name in try FileManager.default.contentsOfDirectory(atPath: context.scratch)
            where name.hasPrefix("progress-") && name != "progress-\(trainer.position).json" {
                try FileManager.default.removeItem(atPath: context.scratch + "/" + name)
            }
        }
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
            progress.add(statistics, position: position, stretch: stretch, last: position == steps)
            if session.isBoundary(position) { try keep() }
            if position.isMultiple(of: every) || position == steps { try save() }
            if stop.isRequested, position < steps {
                try save()
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

        try trainer.model.saveWeights(context.outputs + "/weights.safetensors")
        try publishCheckpoints(progress, of: context, before: steps)
        var metrics = progress.metrics(steps: steps)
        let row = context.invocation.model?["variation"]?.stringValue ?? context.invocation.step
        metrics["report"] = ["charts": [progress.chart(row: row)]]
        try context.writeMetrics(metrics)
    }

    /// Gives the kept states a name among the outputs; their scratch names stay, for a kill may still come. The state after the last step is
    /// not kept: the weights say all that the record needs.
    private static func publishCheckpoints(_ progress: TrainingProgress, of context: StepContext, before steps: Int) throws {
        let kept = progress.checkpoints.map(\.position).filter { $0 < steps }
        guard !kept.isEmpty else { return }
        try FileManager.default.createDirectory(atPath: context.outputs + "/checkpoints", withIntermediateDirectories: true)
        for position in kept {
            let path = TrainingSession.checkpointPath(position: position)
            guard link(context.scratch + "/" + path, context.outputs + "/" + path) == 0 else {
                throw WorkflowError.system(action: "publish", path: path, reason: String(cString: strerror(errno)))
            }
        }
    }

    private static func progressFile(_ context: StepContext, _ position: Int) -> String {
        context.scratch + "/progress-\(position).json"
    }
}

/// The curve and the checkpoints' digests so far; survives a kill beside the checkpoint.
struct TrainingProgress {
    struct Point {
        var position: Int
        var negativeLogLikelihood: Double
        var kl: Double
        var loss: Double
    }

    struct Checkpoint {
        var position: Int
        var digest: SHA256Digest
    }

    var points: [Point] = []
    var checkpoints: [Checkpoint] = []
    /// Sums over the stretch that is not complete yet, and how many steps they hold.
    private var open = Point(position: 0, negativeLogLikelihood: 0, kl: 0, loss: 0)
    private var openCount = 0

    init() {}

    /// Every point of the curve is the mean over `stretch` steps; the last may be shorter.
    mutating func add(_ statistics: StepStatistics, position: Int, stretch: Int, last: Bool) {
        open.negativeLogLikelihood += statistics.negativeLogLikelihood
        open.kl += statistics.kl
        open.loss += statistics.loss
        openCount += 1
        guard openCount == stretch || last || position == 1 else { return }
        let count = Double(openCount)
        points.append(
            Point(
                position: position, negativeLogLikelihood: open.negativeLogLikelihood / count, kl: open.kl / count,
                loss: open.loss / count))
        open = Point(position: 0, negativeLogLikelihood: 0, kl: 0, loss: 0)
        openCount = 0
    }

    func metrics(steps: Int) -> JSONValue {
        var metrics: JSONValue = [
            "steps": .number(Double(steps)),
            "curve": .array(
                points.map { point in
                    [
                        "step": .number(Double(point.position)), "negative_log_likelihood": .number(point.negativeLogLikelihood),
                        "kl": .number(point.kl), "loss": .number(point.loss),
                    ]
                }),
            "checkpoints": .array(
                checkpoints.map { ["step": .number(Double($0.position)), "sha256": .string($0.digest.hex)] }),
        ]
        if let last = points.last {
            metrics["final"] = [
                "negative_log_likelihood": .number(last.negativeLogLikelihood), "kl": .number(last.kl), "loss": .number(last.loss),
            ]
        }
        return metrics
    }
}

extension TrainingProgress {
    /// The learning curve for the report; the curves of all rows of a run share one chart.
    func chart(row: String) -> JSONValue {
        let points = points.map { point -> JSONValue in [.number(Double(point.position)), .number(point.negativeLogLikelihood)] }
        return [
            "id": "learning-curves", "title": "Learning curves",
            "summary": "Negative log-likelihood of the training batches over the steps of the optimiser",
            "x_label": "optimiser steps", "y_label": "NLL, nats per frame", "x_scale": "logarithmic", "y_scale": "logarithmic",
            "series": [["name": .string(row), "points": .array(points)]],
        ]
    }

    /// Written atomically, like the checkpoint that it belongs to.
    func write(to path: String) throws {
        var json = metrics(steps: 0)
        json["open"] = [
            "count": .number(Double(openCount)), "negative_log_likelihood": .number(open.negativeLogLikelihood),
            "kl": .number(open.kl), "loss": .number(open.loss),
        ]
        try AtomicFile.write(Array(json.prettyText().utf8), to: path)
    }

    init(file path: String) throws {
        let damaged = StepError.usage("\(path) is not readable any more; run again without --resume")
        let json: JSONValue
        do { json = try JSONValue.parse(try BoundedFile.read(path, limit: 64 << 20)) } catch { throw damaged }
        func point(_ json: JSONValue, position: Int) throws -> Point {
            guard let nll = json["negative_log_likelihood"]?.numberValue, let kl = json["kl"]?.numberValue,
                let loss = json["loss"]?.numberValue
            else { throw damaged }
            return Point(position: position, negativeLogLikelihood: nll, kl: kl, loss: loss)
        }
        for entry in json["curve"]?.arrayValue ?? [] {
            points.append(try point(entry, position: entry["step"]?.integerValue ?? 0))
        }
        for entry in json["checkpoints"]?.arrayValue ?? [] {
            guard let position = entry["step"]?.integerValue, let digest = entry["sha256"]?.stringValue.flatMap({ SHA256Digest(hex: $0) })
            else { throw damaged }
            checkpoints.append(Checkpoint(position: position, digest: digest))
        }
        guard let stretch = json["open"], let count = stretch["count"]?.integerValue else { throw damaged }
        open = try point(stretch, position: 0)
        openCount = count
    }
}
