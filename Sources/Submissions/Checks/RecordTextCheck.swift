import Foundation
import Integrity
import Reporting
import Workflows

/// Whether a record holds what a runner writes and nothing else, and whether its texts (report, crate, result logs) follow from the rest of it.
///
/// The manifest only tells who signed these files. Whoever signs a record of his own can sign any text with it, so each is made again.
enum RecordTextCheck {
    /// - Parameter prefix: what stands before a path in the record, in findings.
    static func look(prefix: String, _ checked: inout CheckedSubmission) {
        // Without a manifest that holds nobody vouches for any of this, which has been found already.
        guard let record = checked.record, let recorder = checked.recorderKey else { return }
        files(record.plan, prefix, &checked)
        guard let comparison = checked.comparison else { return }
        logs(comparison, prefix, &checked)
        machines(comparison, prefix, &checked)
        texts(comparison, recorder, prefix, &checked)
    }

    // MARK: - The set of files

    private static func files(_ plan: Plan, _ prefix: String, _ checked: inout CheckedSubmission) {
        var expected: Set = ["run.json", RunFolder.manifestName, RecordTexts.reportName, ROCrate.fileName]
        if plan.matrix != nil { expected.insert(StepContract.resultLogFile) }
        for path in checked.digests.keys.sorted() where !expected.contains(path) && !isOfStep(path) {
            checked.note(.unknownFile, at: prefix + path, "belongs to no record")
        }
        for path in expected.sorted() where checked.digests[path] == nil { checked.note(.missingFile, at: prefix + path, "is missing") }
    }

    /// What a runner leaves in a step's folder. Which steps there are is for the record's verification.
    private static func isOfStep(_ path: String) -> Bool {
        if RunFolder.isOutput(path) { return true }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let names = [
            StepContract.inputsFile, StepContract.attestationFile, StepContract.logFile, StepContract.resultLogFile,
            StepContract.environmentFile,
        ]
        return parts.count == 3 && parts[0] == "steps" && names.contains(String(parts[2]))
    }

    // MARK: - Texts

    private static func logs(_ comparison: RunComparison, _ prefix: String, _ checked: inout CheckedSubmission) {
        for step in comparison.record.plan.steps {
            let path = "steps/\(step.name)/\(StepContract.resultLogFile)"
            guard checked.digests[path] != nil else {
                checked.note(.missingFile, at: prefix + path, "is missing")
                continue
            }
            do {
                let found = try text(path, comparison)
                if try RecordTexts.stepLog(step, of: comparison, found: found) != found {
                    checked.note(.recordText, at: prefix + path, "is not what the step's inputs and metrics give")
                }
            } catch {
                checked.note(.recordText, at: prefix + path, "cannot be made again: \(error)")
            }
        }
    }

    /// The machines of the steps: records from before there were any lack them.
    private static func machines(_ comparison: RunComparison, _ prefix: String, _ checked: inout CheckedSubmission) {
        for step in comparison.record.plan.steps {
            let path = "steps/\(step.name)/\(StepContract.environmentFile)"
            guard checked.digests[path] != nil else { continue }
            guard let text = try? text(path, comparison), let json = try? JSONValue.parse(text), EnvironmentRecord.describesMachine(json)
            else {
                checked.note(.recordText, at: prefix + path, "does not describe a machine")
                continue
            }
        }
    }

    private static func texts(
        _ comparison: RunComparison, _ recorder: PublicKey, _ prefix: String, _ checked: inout CheckedSubmission
    ) {
        let files = named(comparison.folder, checked.digests)
        let expected: [String: String]
        do { expected = try RecordTexts.texts(of: comparison, files: files, keyID: recorder.keyID) } catch {
            checked.note(.recordText, at: prefix + RecordTexts.reportName, "report and crate cannot be made again: \(error)")
            return
        }
        for (path, expected) in expected.sorted(by: { $0.key < $1.key }) {
            guard checked.digests[path] != nil else { continue }
            do {
                let found = try text(path, comparison)
                guard found != expected else { continue }
                if let problem = try problem(path, found, files: files) {
                    checked.note(.recordText, at: prefix + path, problem)
                } else {
                    checked.note(
                        .otherText, at: prefix + path,
                        "is not what this version of reprise makes of the record; nothing was concluded from it: reprise report makes it again"
                    )
                }
            } catch {
                checked.note(.recordText, at: prefix + path, "\(error)")
            }
        }
    }

    /// What no version of a text can be. Wording and looks change between versions; a result log's numbers, a crate's files and that a report does
    /// nothing do not.
    private static func problem(_ path: String, _ found: String, files: [FileRecord]) throws -> String? {
        switch path {
        case RecordTexts.reportName: return ActiveContent.first(in: found).map { "holds \($0), which no report does" }
        case ROCrate.fileName: return try crateProblem(found, files: files)
        default: return "is not what the record gives"
        }
    }

    private static func crateProblem(_ found: String, files: [FileRecord]) throws -> String? {
        let json = try JSONValue.parse(Array(found.utf8), limits: JSONLimits(bytes: 64 << 20))
        let graph = (json["@graph"]?.arrayValue ?? []).filter { $0["@type"] == "File" }
        let named = graph.map { [$0["name"]?.stringValue ?? "", $0["sha256"]?.stringValue ?? ""] }
        let expected = files.filter { $0.path != RunFolder.manifestName && $0.path != ROCrate.fileName }.map { [$0.path, $0.digest.hex] }
        return Set(named) == Set(expected) && named.count == expected.count ? nil : "does not describe the files of this record"
    }

    private static func text(_ path: String, _ comparison: RunComparison) throws -> String {
        String(decoding: try BoundedFile.read(comparison.folder.path + "/" + path, limit: 64 << 20), as: UTF8.self)
    }

    /// What the manifest names, with the digests that the record's verification found and the sizes that the manifest gives.
    private static func named(_ run: RunFolder, _ digests: [String: SHA256Digest]) -> [FileRecord] {
        let statement = try? Statement(payload: Envelope.read(run.manifest).payload)
        return (statement?.subject ?? []).compactMap { subject in
            digests[subject.name].map { FileRecord(path: subject.name, digest: $0, bytes: subject.annotations["bytes"]?.integerValue ?? 0) }
        }.sorted { Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8)) }
    }
}
