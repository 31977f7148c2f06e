import Artifacts
import Foundation
import Integrity
import Workflows

/// A finished run's record of which every byte, signature and link held: the only thing that can prove an answer.
public struct VerifiedRecord: Sendable {
    let comparison: RunComparison
    let verification: Verification
    let signer: PublicKey
    /// When each step began and ended, by the step's name.
    let times: [String: (started: Timestamp, finished: Timestamp)]
    /// The artifacts at hand that are the very ones which the plan pins, by `kind/alias`.
    let artifacts: [String: Artifact]

    var record: RunRecord { comparison.record }
    var plan: Plan { comparison.record.plan }

    /// Nil where anything in the record did not hold.
    ///
    /// - Parameters:
    ///   - verification: of that very folder, with the comparison of verdicts and plan noted in it.
    ///   - catalogue: the project's artifacts, which tell licences; nil where there is no project.
    public init?(_ folder: RunFolder, verification: Verification, catalogue: Catalogue?) throws {
        guard verification.findings.isEmpty, let signer = verification.signer, verification.result != nil else { return nil }
        let comparison = try RunComparison(folder)
        guard verification.record == comparison.record else { return nil }
        self.comparison = comparison
        self.verification = verification
        self.signer = signer
        var times: [String: (started: Timestamp, finished: Timestamp)] = [:]
        for step in comparison.record.plan.steps {
            let provenance = try StepHistory.provenance(of: step, in: folder)
            times[step.name] = (provenance.startedOn, provenance.finishedOn)
        }
        self.times = times
        let plan = comparison.record.plan
        var pinned = Set(plan.steps.map(\.artifact.digest))
        for step in plan.steps {
            if let digest = step.model?["artifact"]?["sha256"]?.stringValue.flatMap(SHA256Digest.init(hex:)) { pinned.insert(digest) }
        }
        artifacts = Dictionary(
            (catalogue?.artifacts ?? []).filter { pinned.contains($0.digest) }.map { ($0.meta.title, $0) },
            uniquingKeysWith: { first, _ in first })
    }

    /// A file's digest as the record has it; or an artifact's, whose folder the plan pins by the digest of its content.
    func digest(ofFile path: String) -> SHA256Digest? {
        if let digest = verification.digests[path] { return digest }
        let parts = path.split(separator: "/")
        guard parts.count == 3, parts[0] == "artifacts" else { return nil }
        return artifacts["\(parts[1])/\(parts[2])"]?.digest
    }

    /// One piece of evidence, or none where the file is not in the record or nothing stands there. A record may hold long texts; their beginning is quoted.
    func quote(_ file: String, _ field: String, _ value: String?) -> [Evidence] {
        let quoted = value.map { $0.utf8.count > 2000 ? $0.prefix(500) + "…" : $0 }
        return quoted.flatMap { Evidence(in: self, file: file, field: field, value: $0) }.map { [$0] } ?? []
    }

    /// The same from `run.json`.
    func quote(_ field: String, _ value: String?) -> [Evidence] { quote("run.json", field, value) }

    // MARK: - Steps by what they do

    /// Steps that bring data.
    var dataSteps: [PlannedStep] { plan.steps.filter { $0.dataset != nil } }

    /// Steps that left weights.
    var trainings: [PlannedStep] { plan.steps.filter { verification.digests[weights(of: $0)] != nil } }

    /// Steps on which claims are measured.
    var evaluations: [PlannedStep] {
        let measured = Set(comparison.results.compactMap { $0.binding?.measure.step })
        return plan.steps.filter { step in
            (measured.contains(step.name) || step.place.map { measured.contains($0.group) } ?? false)
                && verification.digests[weights(of: step)] == nil
        }
    }

    /// Where a step's trained weights lie, if it is a training.
    func weights(of step: PlannedStep) -> String { RunFolder.outputs(ofStep: step.name) + "/weights.safetensors" }

    /// Whether a file that the record vouches for is there itself.
    func isPresent(_ path: String) -> Bool { FileManager.default.fileExists(atPath: comparison.folder.path + "/" + path) }

    /// A step's place in `run.json`, for quoting.
    func field(_ step: PlannedStep) -> String {
        "plan.steps[\(plan.steps.firstIndex { $0.name == step.name } ?? 0)]"
    }
}
