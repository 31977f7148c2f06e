import Foundation
import Integrity

/// Something in a run's record that does not hold.
public struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// Relative to the run's folder.
    public var path: String
    public var problem: String

    public init(path: String, problem: String) {
        self.path = path
        self.problem = problem
    }

    /// One line, whatever the path holds.
    public var description: String { "\(path): \(problem)".replacingOccurrences(of: "\n", with: "\\n") }
    public var json: JSONValue { ["path": .string(path), "problem": .string(problem)] }
}

/// A file of a record that was published in another form than the signed one.
public struct RedactedFile: Hashable, Sendable {
    /// Of the file as it was recorded.
    public var original: SHA256Digest
    /// Of the file as it is there.
    public var published: SHA256Digest

    public init(original: SHA256Digest, published: SHA256Digest) {
        self.original = original
        self.published = published
    }
}

/// What a verification looked at and what it found.
public struct Verification: Sendable {
    public var findings: [Finding]
    /// The same, to be looked up: a hostile record may have any number.
    var noted: Set<Finding> = []
    public var files: Int
    public var bytes: Int
    public var steps: Int
    /// Outputs that the manifest names and the folder does not hold, where that is allowed.
    public var absentOutputs = 0
    /// The key that signed the manifest, when its signature holds.
    public var signer: PublicKey?
    /// The manifest's predicate, when its signature holds.
    public var result: TestResult?
    public var record: RunRecord?
    /// The digest of every file, by its path relative to the run's folder.
    public var digests: [String: SHA256Digest] = [:]

    /// True for a record, looked at as one that may stand alone, of which nothing but outputs is absent.
    public var lacksOutputsAlone: Bool { findings.isEmpty && absentOutputs > 0 }
}

/// Checks a finished run offline: every byte, every signature, every link between the steps.
///
/// The manifest must be signed by a trusted key and name exactly the files that are there; each step's attestation must be signed by a trusted
/// key, name exactly the step's files, and its inputs file must equal, byte for byte, what the plan prescribes given the digests
/// of the files that the steps before it produced. A data set's files must be those that the plan pins.
public struct RunVerifier: Sendable {
    public let trusted: [PublicKey]

    public init(trusted: [PublicKey]) { self.trusted = trusted }

    /// - Parameters:
    ///   - isTakenOnTrust: true for the path (relative to the run's folder) of a file whose bytes need not be read: it must be there, and its
    ///     digest is taken to be what the signed manifest says. An auditor who needs a few of many kept states reads those alone.
    ///   - isRecordAlone: outputs may be absent, as from a record that is published without its weights; their signed digests stand for them.
    ///   - redacted: files from which something was removed before the record was published, by their paths. One that is what is declared here counts
    ///     with the digest that it had: whether that is the signed one is looked at like any other file's. Which files may be redacted is for the
    ///     caller to say.
    public func verify(
        _ run: RunFolder, takingOnTrust isTakenOnTrust: (String) -> Bool = { _ in false }, recordAlone isRecordAlone: Bool = false,
        redacted: [String: RedactedFile] = [:]
    ) throws -> Verification {
        var verification = Verification(findings: [], files: 0, bytes: 0, steps: 0)
        guard run.isFinished else {
            let begun = FileManager.default.fileExists(atPath: run.record)
            verification.note(
                RunFolder.manifestName,
                begun ? "missing: the run is not finished, or the file was deleted" : "missing: this is no run's folder")
            return verification
        }
        let contents: FolderContents
        do { contents = try FolderContents(of: run.path) } catch {
            guard case .unsupportedFile(let path, let reason) = error else { throw error }
            verification.note(path, reason)
            return verification
        }
        for folder in contents.emptyFolders where !(isRecordAlone && RunFolder.isOutput(folder + "/")) {
            verification.note(folder, "unknown: an empty folder belongs to no record")
        }
        let vouched =
            isRecordAlone || contents.files.contains(where: isTakenOnTrust) ? RunVerifier.digests(inManifestOf: run, trusted: trusted) : [:]
        var present: [String: FileRecord] = [:]
        for path in contents.files {
            if isTakenOnTrust(path), let digest = vouched[path] {
                present[path] = try FileRecord(path, in: run.path, vouched: digest)
            } else {
                var file = try FileRecord(path, in: run.path)
                if let redaction = redacted[path], redaction.published == file.digest { file.digest = redaction.original }
                present[path] = file
            }
        }
        verification.files = present.count
        verification.digests = present.mapValues(\.digest)
        verification.bytes = present.values.reduce(0) { $0 + $1.bytes }

        var absent: Set<String> = []
        if isRecordAlone {
            for file in RunVerifier.absentOutputs(of: run, vouched: vouched, present: Set(present.keys)) {
                present[file.path] = file
                verification.digests[file.path] = file.digest
                absent.insert(file.path)
            }
        }
        verification.absentOutputs = absent.count
        manifest(run, present, &verification)
        let record: RunRecord
        do { record = try RunRecord(run: run) } catch {
            verification.note("run.json", "\(error)")
            return verification
        }
        verification.record = record
        if let result = verification.result {
            let said = [result.extraFields["run"], result.extraFields["variation"], result.extraFields["scale"]]
            if said != [.string(record.id), .string(record.plan.variation), .string(record.plan.scale.rawValue)] {
                verification.note(RunFolder.manifestName, "is the manifest of another run than run.json describes")
            }
        }
        steps(run, record, present, absent: absent, &verification)
        return verification
    }

    /// Each file's digest as the manifest gives it; none where its signature does not hold.
    private static func digests(inManifestOf run: RunFolder, trusted: [PublicKey]) -> [String: SHA256Digest] {
        guard let attested = try? AttestedStatement(file: run.manifest, trusted: trusted) else { return [:] }
        return Dictionary(attested.statement.subject.map { ($0.name, $0.digest) }, uniquingKeysWith: { first, _ in first })
    }

    /// What the manifest names among the steps' outputs and the folder lacks. Sizes are known where a later step was fed the file; its inputs file,
    /// which tells, is signed as well.
    private static func absentOutputs(of run: RunFolder, vouched: [String: SHA256Digest], present: Set<String>) -> [FileRecord] {
        var sizes: [String: Int] = [:]
        for path in present where path.hasPrefix("steps/") && path.hasSuffix("/" + StepContract.inputsFile) {
            guard let invocation = try? StepInvocation(file: run.path + "/" + path) else { continue }
            for input in invocation.inputs.values {
                for file in input.files { sizes[input.folder + "/" + file.path] = file.bytes }
            }
        }
        return vouched.compactMap { path, digest in
            // Metrics are what verdicts and displays are made of.
            guard !present.contains(path), RunFolder.isOutput(path), !path.hasSuffix("/" + StepContract.metricsFile) else { return nil }
            return FileRecord(path: path, digest: digest, bytes: sizes[path] ?? 0)
        }
    }

    private func manifest(_ run: RunFolder, _ present: [String: FileRecord], _ verification: inout Verification) {
        do {
            let attested = try AttestedStatement(file: run.manifest, trusted: trusted)
            verification.signer = attested.signer
            verification.result = try attested.statement.testResult()
            let others = present.filter { $0.key != RunFolder.manifestName }
            for finding in attested.findings(comparedWith: others, vouching: "the manifest") {
                verification.note(finding.path, finding.problem)
            }
        } catch {
            verification.note(RunFolder.manifestName, "\(error)")
        }
    }

    private func steps(
        _ run: RunFolder, _ record: RunRecord, _ present: [String: FileRecord], absent: Set<String>, _ verification: inout Verification
    ) {
        var produced: [String: [FileRecord]] = [:]
        let known = Set(record.plan.steps.map(\.name))
        var filesByStep: [String: [String: FileRecord]] = [:]
        for path in present.keys.sorted() where path.hasPrefix("steps/") {
            let parts = path.split(separator: "/", maxSplits: 2).map(String.init)
            if !known.contains(parts[1]) { verification.note(path, "belongs to no step of the plan") }
            if parts.count == 3 { filesByStep[parts[1], default: [:]][parts[2]] = present[path] }
        }
        let verifier = StepVerifier(trusted: trusted)
        for step in record.plan.steps {
            verification.steps += 1
            let folder = "steps/\(step.name)/"
            let files = filesByStep[step.name] ?? [:]
            let outputs = StepContract.outputsFolder + "/"
            produced[step.name] = files.filter { $0.key.hasPrefix(outputs) }
                .map { FileRecord(path: String($0.key.dropFirst(outputs.count)), digest: $0.value.digest, bytes: $0.value.bytes) }
                .sorted { Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8)) }
            do {
                let expected = try Runner.invocation(of: step, record: record, produced: produced)
                for finding in verifier.findings(folder: run.step(step.name), files: files, expected: expected) {
                    verification.note(folder + finding.path, finding.problem)
                }
            } catch {
                verification.note("run.json", "\(error)")
            }
            data(step, outputs: produced[step.name] ?? [], absent: absent, &verification)
        }
    }

    /// A data set's step must have left the files that the plan pins.
    private func data(_ step: PlannedStep, outputs: [FileRecord], absent: Set<String>, _ verification: inout Verification) {
        guard let section = step.dataset else { return }
        guard let pinned = PinnedDataset(section) else {
            verification.note("run.json", "step \(step.name): its data set does not list files with their SHA-256")
            return
        }
        let folder = RunFolder.outputs(ofStep: step.name) + "/"
        let absentHere = Set(outputs.map(\.path).filter { absent.contains(folder + $0) })
        for finding in pinned.findings(outputs: outputs, absent: absentHere) {
            verification.note("steps/\(step.name)/" + finding.path, finding.problem)
        }
    }
}

extension Verification {
    /// Adds a finding once: a changed file breaks several links, and is named by each differently, but one line a file and cause is enough.
    package mutating func note(_ path: String, _ problem: String) {
        let finding = Finding(path: path, problem: problem)
        if noted.insert(finding).inserted { findings.append(finding) }
    }
}
