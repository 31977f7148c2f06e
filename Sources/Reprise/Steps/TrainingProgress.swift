import Artifacts
import Foundation
import Integrity
import Reporting
import TopographicVAE

/// The curves, the last epoch's averages and the checkpoints' digests so far; survives a kill beside the checkpoint.
struct TrainingProgress {
    struct Point {
        var position: Int
        var negativeLogLikelihood: Double
        var kl: Double
        var loss: Double
        /// Of the batch of this position alone; nil where the model has no sequences of capsules.
        var equivarianceError: Double?
    }

    struct Checkpoint: Hashable {
        var position: Int
        var digest: SHA256Digest
    }

    /// Of the files that ``write(to:state:)`` makes. Others are not continued from.
    private static let format = 2

    var points: [Point] = []
    var checkpoints: [Checkpoint] = []
    var lastEpoch: LastEpoch
    /// Sums over the stretch that is not complete yet, and how many steps they hold.
    private var open = Point(position: 0, negativeLogLikelihood: 0, kl: 0, loss: 0)
    private var openCount = 0

    init(_ trainer: Trainer) {
        lastEpoch = LastEpoch(factorSizes: trainer.dataset.factorSizes, capsuleSize: trainer.model.configuration.capsuleSize)
    }

    /// Adds the trainer's last step. Every point of the curve is the mean over `stretch` steps; the last may be shorter. The first is the
    /// first step's alone: what it measured was the untrained model.
    ///
    /// - Parameter isLastEpoch: whether the step counts for the averages of the last epoch.
    mutating func add(_ statistics: StepStatistics, of trainer: Trainer, stretch: Int, steps: Int, isLastEpoch: Bool) {
        let position = trainer.position
        open.negativeLogLikelihood += statistics.negativeLogLikelihood
        open.kl += statistics.kl
        open.loss += statistics.loss
        openCount += 1
        let completesPoint = openCount == stretch || position == steps || position == 1
        guard completesPoint || isLastEpoch else { return }
        let equivarianceError = trainer.equivarianceError()
        if isLastEpoch {
            lastEpoch.add(statistics, equivarianceError: equivarianceError)
            trainer.countRolls(into: &lastEpoch.rolls)
        }
        guard completesPoint else { return }
        let count = Double(openCount)
        points.append(
            Point(
                position: position, negativeLogLikelihood: open.negativeLogLikelihood / count, kl: open.kl / count,
                loss: open.loss / count, equivarianceError: equivarianceError))
        open = Point(position: 0, negativeLogLikelihood: 0, kl: 0, loss: 0)
        openCount = 0
    }

    func metrics(steps: Int, factorNames: [String]) -> JSONValue {
        var metrics = record
        metrics["steps"] = .number(Double(steps))
        if let first = points.first, first.position == 1 {
            metrics["initial"] = [
                "negative_log_likelihood": .number(first.negativeLogLikelihood), "kl": .number(first.kl),
                "equivariance_error": JSONValue(optional: first.equivarianceError),
            ]
        }
        if let last = points.last {
            metrics["final"] = [
                "negative_log_likelihood": .number(last.negativeLogLikelihood), "kl": .number(last.kl), "loss": .number(last.loss),
            ]
        }
        let means = lastEpoch.means(factorNames: factorNames)
        metrics["last_epoch"] = [
            "steps": .number(Double(lastEpoch.steps)), "negative_log_likelihood": .number(means.negativeLogLikelihood),
            "kl": .number(means.kl), "equivariance_error": JSONValue(optional: means.equivarianceError),
            "cap_corr": .object(
                Dictionary(
                    means.capsuleCorrelation.map { ($0.factorName, JSONValue(optional: $0.correlation)) }, uniquingKeysWith: { $1 })),
        ]
        return metrics
    }

    /// The curve and the checkpoints.
    private var record: JSONValue {
        [
            "curve": .array(
                points.map { point in
                    [
                        "step": .number(Double(point.position)), "negative_log_likelihood": .number(point.negativeLogLikelihood),
                        "kl": .number(point.kl), "loss": .number(point.loss),
                        "equivariance_error": JSONValue(optional: point.equivarianceError),
                    ]
                }),
            "checkpoints": .array(
                checkpoints.map { ["step": .number(Double($0.position)), "sha256": .string($0.digest.hex)] }),
        ]
    }
}

extension TrainingProgress {
    /// Written atomically, with the digest of the state that it belongs to.
    func write(to path: String, state: SHA256Digest) throws {
        var json = record
        json["format"] = .number(Double(TrainingProgress.format))
        json["state"] = .string(state.hex)
        json["open"] = [
            "count": .number(Double(openCount)), "negative_log_likelihood": .number(open.negativeLogLikelihood),
            "kl": .number(open.kl), "loss": .number(open.loss),
        ]
        json["last_epoch"] = lastEpoch.state
        try AtomicFile.write(Array(json.prettyText().utf8), to: path)
    }

    /// Reads a progress file of the trainer's training, and the digest of the state that it belongs to.
    static func read(_ path: String, of trainer: Trainer) throws -> (progress: TrainingProgress, state: SHA256Digest) {
        let json: JSONValue
        do { json = try JSONValue.parse(try BoundedFile.read(path, limit: 64 << 20), limits: JSONLimits(bytes: 64 << 20)) } catch {
            throw CheckpointDamaged(path: path)
        }
        guard json["format"]?.integerValue == format else { throw CheckpointOfAnotherVersion(path: path) }
        guard let state = json["state"]?.stringValue.flatMap({ SHA256Digest(hex: $0) }) else { throw CheckpointDamaged(path: path) }
        return (try TrainingProgress(json, path: path, trainer), state)
    }

    private init(_ json: JSONValue, path: String, _ trainer: Trainer) throws {
        self.init(trainer)
        let damaged = CheckpointDamaged(path: path)
        func point(_ json: JSONValue, position: Int) throws -> Point {
            guard let nll = json["negative_log_likelihood"]?.numberValue, let kl = json["kl"]?.numberValue,
                let loss = json["loss"]?.numberValue
            else { throw damaged }
            return Point(
                position: position, negativeLogLikelihood: nll, kl: kl, loss: loss,
                equivarianceError: json["equivariance_error"]?.numberValue)
        }
        for entry in json["curve"]?.arrayValue ?? [] {
            points.append(try point(entry, position: entry["step"]?.integerValue ?? 0))
        }
        for entry in json["checkpoints"]?.arrayValue ?? [] {
            guard let position = entry["step"]?.integerValue, let digest = entry["sha256"]?.stringValue.flatMap({ SHA256Digest(hex: $0) })
            else { throw damaged }
            checkpoints.append(Checkpoint(position: position, digest: digest))
        }
        guard let stretch = json["open"], let count = stretch["count"]?.integerValue, let epoch = json["last_epoch"],
            lastEpoch.restore(epoch)
        else { throw damaged }
        open = try point(stretch, position: 0)
        openCount = count
    }
}

/// A training's state in a form that this version does not continue from.
struct CheckpointOfAnotherVersion: ClassifiedError, Hashable {
    var path: String
    var exitClass: ExitClass { .checkFailed }
    var description: String { "\(path) was written by another version of reprise" }
}
