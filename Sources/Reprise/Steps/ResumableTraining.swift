import Artifacts
import Foundation
import Integrity

/// The state of a training that can be interrupted at any moment: in its scratch folder, `state-N.safetensors` and, written after it,
/// `progress-N.json` with the curve so far and the state's SHA-256. A pair counts only when the digest fits, so that what was half
/// written, or changed since, is never continued from.
struct ResumableTraining<Kind: Training> {
    let training: Kind
    let scratch: String

    func save(_ progress: TrainingProgress<Kind>) throws {
        let trainer = training.trainer
        let state = statePath(trainer.position)
        try trainer.saveCheckpoint(state)
        try progress.write(to: progressPath(trainer.position), state: try SHA256Digest.ofFile(at: state).digest)
        for position in try positions() where position != trainer.position { forget(position) }
    }

    /// Continues from the latest state that is whole; nil, with the trainer untouched, where there is none.
    func restore() throws -> TrainingProgress<Kind>? {
        for position in try positions() {
            do {
                let (progress, digest) = try TrainingProgress.read(progressPath(position), of: training)
                guard try digestIfPresent(statePath(position)) == digest else { throw CheckpointDamaged(path: statePath(position)) }
                for kept in progress.checkpoints {
                    let path = scratch + "/" + TrainingSegments.checkpointPath(position: kept.position)
                    guard try digestIfPresent(path) == kept.digest else { throw CheckpointDamaged(path: path) }
                }
                try training.trainer.restoreCheckpoint(statePath(position))
                return progress
            } catch let error as IntegrityError {
                // A disk that fails for a moment is no reason to begin again.
                throw error
            } catch {
                Terminal.line("the state at step \(position) is not continued from: \(error)")
                forget(position)
            }
        }
        return nil
    }

    private func digestIfPresent(_ path: String) throws -> SHA256Digest? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try SHA256Digest.ofFile(at: path).digest
    }

    private func statePath(_ position: Int) -> String { scratch + "/state-\(position).safetensors" }
    private func progressPath(_ position: Int) -> String { scratch + "/progress-\(position).json" }

    /// Positions with a progress file, latest first.
    private func positions() throws -> [Int] {
        try FileManager.default.contentsOfDirectory(atPath: scratch).compactMap { name in
            guard name.hasPrefix("progress-"), name.hasSuffix(".json") else { return nil }
            return Int(name.dropFirst("progress-".count).dropLast(".json".count))
        }.sorted(by: >)
    }

    private func forget(_ position: Int) {
        // The progress file first: without it the state counts for nothing.
        unlink(progressPath(position))
        unlink(statePath(position))
    }
}

/// A file of a training's own was changed since it was written.
struct CheckpointDamaged: ClassifiedError, Hashable {
    var path: String
    var exitClass: ExitClass { .checkFailed }
    var description: String { "\(path) is not what was written: remove it, or run again without --resume" }
}
