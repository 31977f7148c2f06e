import Foundation
import Integrity
import Workflows

/// Finishes a run: report, RO-Crate, and last of all the signed manifest that names every file.
public struct RunRecorder: Sendable {
    let key: SigningKey

    public init(key: SigningKey) {
        self.key = key
    }

    /// Writing the manifest is what makes the run finished; a kill before that leaves a run that `--resume` finishes.
    public func finish(_ folder: RunFolder) throws {
        try RunFolder.sweep(folder.path)
        let comparison = try RunComparison(folder)
        let steps = try StepHistory.read(comparison)
        let report = try HTMLReport.render(RunReport.model(of: comparison, steps: steps, keyID: key.publicKey.keyID))
        try AtomicFile.write(Array(report.utf8), to: folder.report)
        if comparison.record.plan.matrix != nil, let finished = steps.map(\.finished).max() {
            try AtomicFile.write(Array(try ClaimLog.text(comparison, finished: finished).utf8), to: folder.resultLog)
        }
        let crate = try ROCrate.metadata(RunCrate.model(of: comparison, steps: steps, keyID: key.publicKey.keyID))
        try AtomicFile.write(Array(crate.utf8), to: folder.crate)

        let files = try RunFolder.records(below: folder.path).filter { $0.path != RunFolder.manifestName }
        let statement = Statement(
            subject: files.map { ResourceDescriptor(name: $0.path, digest: $0.digest, annotations: ["bytes": .number(Double($0.bytes))]) },
            testResult: RunRecorder.testResult(of: comparison))
        try AtomicFile.write(try statement.signed(with: key).bytes, to: folder.manifest)
    }

    /// The comparison as in-toto's test-result predicate: a decisive check is a test; what is not decisive at this scale is a warning.
    static func testResult(of comparison: RunComparison) -> TestResult {
        let plan = comparison.record.plan
        func claims(_ check: ClaimCheck) -> [String] {
            var seen: [String] = []
            for result in comparison.results where result.check == check && result.verdict != .notRun {
                let name = result.binding.map { "\(result.claim.id) by \($0.measure)" } ?? result.claim.id
                if !seen.contains(name) { seen.append(name) }
            }
            return seen
        }
        var configuration = [ResourceDescriptor(name: plan.workflow.name, digest: plan.workflow.digest)]
        if let paper = plan.paper { configuration.append(ResourceDescriptor(name: paper.name, digest: paper.digest)) }
        let summary = comparison.summary
        return TestResult(
            result: summary.failed > 0 ? .failed : summary.passed > 0 ? .passed : .warned, configuration: configuration,
            passedTests: claims(.passed), warnedTests: claims(.notApplicable), failedTests: claims(.failed),
            extraFields: [
                "run": .string(comparison.record.id), "variation": .string(plan.variation), "scale": .string(plan.scale.rawValue),
                "claims": .array(comparison.results.map(\.json)),
            ])
    }
}

/// How a step went, read from its attestation.
struct StepHistory {
    var step: PlannedStep
    var invocationID: String
    var started: Timestamp
    var finished: Timestamp
    var outputs: [FileRecord]
    /// The run that did the work, where it was not this one.
    var origin: String?

    /// - Parameter files: the record's, where they are known: outputs may be absent. Nil takes those that are there.
    static func read(_ comparison: RunComparison, files: [FileRecord]? = nil) throws -> [StepHistory] {
        let byStep = files.map { Dictionary(grouping: $0) { $0.path.split(separator: "/").dropFirst().first.map(String.init) ?? "" } }
        func outputs(_ step: PlannedStep) throws -> [FileRecord] {
            guard let byStep else {
                let prefix = StepContract.outputsFolder + "/"
                return try RunFolder.records(below: comparison.folder.step(step.name)).filter { $0.path.hasPrefix(prefix) }
                    .map { FileRecord(path: String($0.path.dropFirst(prefix.count)), digest: $0.digest, bytes: $0.bytes) }
            }
            let prefix = RunFolder.outputs(ofStep: step.name) + "/"
            return (byStep[step.name] ?? []).filter { $0.path.hasPrefix(prefix) }
                .map { FileRecord(path: String($0.path.dropFirst(prefix.count)), digest: $0.digest, bytes: $0.bytes) }
        }
        return try comparison.record.plan.steps.map { step in
            let provenance = try provenance(of: step, in: comparison.folder)
            let run = provenance.invocationID.split(separator: "/").first.map(String.init) ?? ""
            return StepHistory(
                step: step, invocationID: provenance.invocationID, started: provenance.startedOn, finished: provenance.finishedOn,
                outputs: try outputs(step),
                origin: run == comparison.record.id ? nil : run)
        }
    }

    /// What a step's attestation says of how it came about; its signature is not looked at here.
    static func provenance(of step: PlannedStep, in folder: RunFolder) throws -> Provenance {
        let path = folder.step(step.name) + "/" + StepContract.attestationFile
        let statement = try Statement(payload: try Envelope.read(path).payload)
        return try Provenance(predicate: statement.predicate)
    }
}
