import Integrity
import Workflows

/// Describes a run as a Process Run Crate.
enum RunCrate {
    /// - Parameter keyID: of the key that signs the run: all that a record tells of the person who started it.
    /// - Parameter files: the record's, where they are known: outputs may be absent. Nil takes those that are there.
    static func model(
        of comparison: RunComparison, steps: [StepHistory], keyID: String, files: [FileRecord]? = nil
    ) throws -> CrateModel {
        let plan = comparison.record.plan
        let files = try (files ?? RunFolder.records(below: comparison.folder.path))
            .filter { ![RunFolder.manifestName, ROCrate.fileName].contains($0.path) }
        return CrateModel(
            name: "\(plan.title), variation \(plan.variation), seed \(plan.seedText)",
            description:
                "Record of the run \(comparison.record.id) of \(plan.workflow.name): data, weights, metrics, attestations, report.",
            datePublished: comparison.record.created, license: "https://spdx.org/licenses/Apache-2.0",
            files: files.map {
                CrateModel.File(
                    path: $0.path, sha256: $0.digest.hex, bytes: $0.bytes, mediaType: mediaType($0.path),
                    description: description($0.path))
            },
            actions: steps.map { history in
                CrateModel.Action(
                    name: "Step \(history.step.name)",
                    instrument: CrateModel.Instrument(
                        name: history.step.artifact.name, version: history.step.artifact.version,
                        url: "urn:sha256:\(history.step.artifact.digest)"),
                    startTime: history.started.description, endTime: history.finished.description,
                    inputs: Set(history.step.inputs.values.compactMap { $0.split(separator: "/").first.map(String.init) }).sorted().flatMap
                    { producer in
                        files.map(\.path).filter { $0.hasPrefix(RunFolder.outputs(ofStep: producer) + "/") }
                    },
                    outputs: history.outputs.map { RunFolder.outputs(ofStep: history.step.name) + "/" + $0.path })
            },
            measurements: measurements(comparison), agent: CrateModel.Agent(name: "Holder of the signing key \(keyID)"))
    }

    /// What was measured over several seeds: no single file of the crate holds it.
    private static func measurements(_ comparison: RunComparison) -> [CrateModel.Measurement] {
        comparison.results.compactMap { result in
            guard let seeds = result.measuredSeeds, let binding = result.binding else { return nil }
            return CrateModel.Measurement(
                name: "\(result.claim.statement) (\(binding.measure))", value: seeds.mean, unit: result.claim.unit,
                description: "\(seeds.text): \(PaperTableText.form). \(result.verdict.rawValue): \(result.reason)")
        }
    }

    private static func mediaType(_ path: String) -> String {
        switch path.split(separator: ".").last {
        case "json": "application/json"
        case "html": "text/html"
        case "png": "image/png"
        case "txt", "mllog": "text/plain"
        case "gz": "application/gzip"
        default: "application/octet-stream"
        }
    }

    private static func description(_ path: String) -> String {
        switch path {
        case "run.json": return "Plan, parameters, seed and environment, written before anything ran."
        case "report.html": return "The report for people."
        case StepContract.resultLogFile: return "Result log of the run: what was measured for each claim over all seeds."
        default: break
        }
        let parts = path.split(separator: "/").map(String.init)
        guard parts.count >= 3, parts[0] == "steps" else { return "A file of the run." }
        switch parts[2] {
        case StepContract.inputsFile: return "Everything that determined the result of step \(parts[1])."
        case StepContract.attestationFile: return "Signed provenance of step \(parts[1])."
        case StepContract.logFile: return "What step \(parts[1]) printed."
        case StepContract.resultLogFile: return "Result log of step \(parts[1])."
        default: return "Output of step \(parts[1])."
        }
    }
}
