import Foundation
import Integrity
import TopographicVAE

/// The curve and the checkpoints' digests so far; survives a kill beside the checkpoint.
struct TrainingProgress {
    struct Point {
        var position: Int
        var negativeLogLikelihood: Double
        var kl: Double
        var loss: Double
    }

    struct Checkpoint: Hashable {
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

    /// Written atomically, with the digest of the state that it belongs to.
    func write(to path: String, state: SHA256Digest) throws {
        var json = metrics(steps: 0)
        json["state"] = .string(state.hex)
        json["open"] = [
            "count": .number(Double(openCount)), "negative_log_likelihood": .number(open.negativeLogLikelihood),
            "kl": .number(open.kl), "loss": .number(open.loss),
        ]
        try AtomicFile.write(Array(json.prettyText().utf8), to: path)
    }

    /// Reads a progress file, and the digest of the state that it belongs to.
    static func read(_ path: String) throws -> (progress: TrainingProgress, state: SHA256Digest) {
        let json: JSONValue
        do { json = try JSONValue.parse(try BoundedFile.read(path, limit: 64 << 20), limits: JSONLimits(bytes: 64 << 20)) } catch {
            throw CheckpointDamaged(path: path)
        }
        guard let state = json["state"]?.stringValue.flatMap({ SHA256Digest(hex: $0) }) else { throw CheckpointDamaged(path: path) }
        return (try TrainingProgress(json, path: path), state)
    }

    private init(_ json: JSONValue, path: String) throws {
        let damaged = CheckpointDamaged(path: path)
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
