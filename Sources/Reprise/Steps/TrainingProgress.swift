import Artifacts
import Foundation
import Integrity

/// The curve, the last epoch's averages and the checkpoints' digests so far; survives a kill beside the checkpoint.
struct TrainingProgress<Kind: Training> {
    struct Checkpoint: Hashable {
        var position: Int
        var digest: SHA256Digest
    }

    var curve: TrainingCurve
    var checkpoints: [Checkpoint] = []
    var lastEpoch: Kind.LastEpochKept

    init(_ training: Kind) {
        curve = TrainingCurve(Kind.measures)
        lastEpoch = training.emptyLastEpoch
    }

    /// Adds the trainer's last step.
    ///
    /// - Parameters:
    ///   - stretch: steps of a point of the curve.
    ///   - steps: of the whole training.
    ///   - isLastEpoch: whether the step counts for the averages of the last epoch.
    mutating func add(
        _ statistics: Kind.PaperTrainer.Statistics, of training: Kind, stretch: Int, steps: Int, isLastEpoch: Bool
    ) {
        let position = training.trainer.position
        curve.add(training.averaged(statistics))
        let isDue = curve.isDue(position: position, stretch: stretch, steps: steps)
        guard isDue || isLastEpoch else { return }
        let momentary = training.momentary()
        if isLastEpoch { training.add(statistics, momentary: momentary, to: &lastEpoch) }
        if isDue { curve.complete(position: position, momentary: momentary) }
    }

    /// The curve and the checkpoints.
    var record: JSONValue {
        [
            "curve": curve.json,
            "checkpoints": .array(
                checkpoints.map { ["step": .number(Double($0.position)), "sha256": .string($0.digest.hex)] }),
        ]
    }
}

extension TrainingProgress {
    /// Of the files that ``write(to:state:)`` makes. Others are not continued from.
    private static var format: Int { 2 }

    /// Written atomically, with the digest of the state that it belongs to.
    func write(to path: String, state: SHA256Digest) throws {
        var json = record
        json["format"] = .number(Double(Self.format))
        json["state"] = .string(state.hex)
        json["open"] = curve.openState
        json["last_epoch"] = lastEpoch.state
        try AtomicFile.write(Array(json.prettyText().utf8), to: path)
    }

    /// Reads a progress file of a training, and the digest of the state that it belongs to.
    static func read(_ path: String, of training: Kind) throws -> (progress: TrainingProgress, state: SHA256Digest) {
        let json: JSONValue
        do { json = try JSONValue.parse(try BoundedFile.read(path, limit: 64 << 20), limits: JSONLimits(bytes: 64 << 20)) } catch {
            if case FileError.unreadable(let path, let reason) = error { throw IntegrityError.unreadable(path: path, reason: reason) }
            throw CheckpointDamaged(path: path)
        }
        guard json["format"]?.integerValue == format else { throw CheckpointOfAnotherVersion(path: path) }
        guard let state = json["state"]?.stringValue.flatMap({ SHA256Digest(hex: $0) }) else { throw CheckpointDamaged(path: path) }
        return (try TrainingProgress(json, path: path, training), state)
    }

    private init(_ json: JSONValue, path: String, _ training: Kind) throws {
        self.init(training)
        let damaged = CheckpointDamaged(path: path)
        guard let curve = TrainingCurve(Kind.measures, points: json["curve"], open: json["open"]), let epoch = json["last_epoch"],
            lastEpoch.restore(epoch)
        else { throw damaged }
        self.curve = curve
        for entry in json["checkpoints"]?.arrayValue ?? [] {
            guard let position = entry["step"]?.integerValue, let digest = entry["sha256"]?.stringValue.flatMap({ SHA256Digest(hex: $0) })
            else { throw damaged }
            checkpoints.append(Checkpoint(position: position, digest: digest))
        }
    }
}

/// A training's state in a form that this version does not continue from.
struct CheckpointOfAnotherVersion: ClassifiedError, Hashable {
    var path: String
    var exitClass: ExitClass { .checkFailed }
    var description: String { "\(path) was written by another version of reprise" }
}
