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

    public var description: String { "\(path): \(problem)" }
    public var json: JSONValue { ["path": .string(path), "problem": .string(problem)] }
}

/// What a verification looked at and what it found.
public struct Verification: Sendable {
    public var findings: [Finding]
    public var files: Int
    public var bytes: Int
    public var steps: Int
    /// The key that signed the manifest, when its signature holds.
    public var signer: PublicKey?
    /// The manifest's predicate, when its signature holds.
    public var result: TestResult?
    public var record: RunRecord?
}

/// Checks a finished run offline: every byte, every signature, every link between the steps.
///
/// The manifest must be signed by a trusted key and name exactly the files that are there; each step's attestation must be signed by a trusted
/// key, name exactly the step's files, and its inputs file must equal, byte for byte, what the plan prescribes given the digests
/// of the files that the steps before it produced.
public struct RunVerifier: Sendable {
    public let trusted: [PublicKey]

    public init(trusted: [PublicKey]) { self.trusted = trusted }

    public func verify(_ run: RunFolder) throws -> Verification {
        var verification = Verification(findings: [], files: 0, bytes: 0, steps: 0)
        guard run.isFinished else {
            let begun = FileManager.default.fileExists(atPath: run.record)
            verification.findings.append(
                Finding(
                    path: RunFolder.manifestName,
                    problem: begun ? "missing: the run is not finished, or the file was deleted" : "missing: this is no run's folder"))
            return verification
        }
        var present: [String: FileRecord] = [:]
        do {
            for file in try RunFolder.records(below: run.path) { present[file.path] = file }
        } catch WorkflowError.unsupportedFile(let path, let reason) {
            verification.findings.append(Finding(path: path, problem: reason))
            return verification
        }
        verification.files = present.count
        verification.bytes = present.values.reduce(0) { $0 + $1.bytes }

        manifest(run, present, &verification)
        let record: RunRecord
        do { record = try RunRecord(run: run) } catch {
            verification.note("run.json", "\(error)")
            return verification
        }
        verification.record = record
        if record.id != run.id { verification.note("run.json", "names the run \(record.id), but the folder is \(run.id)") }
        steps(run, record, present, &verification)
        return verification
    }

    private func manifest(_ run: RunFolder, _ present: [String: FileRecord], _ verification: inout Verification) {
        guard let (statement, signer) = statement(at: run.manifest, named: RunFolder.manifestName, &verification) else { return }
        verification.signer = signer
        do { verification.result = try statement.testResult() } catch {
            verification.note(RunFolder.manifestName, "\(error)")
        }
        compare(
            statement.subject, with: present.filter { $0.key != RunFolder.manifestName }, prefix: "",
            vouching: "the manifest", &verification)
    }

    private func steps(
        _ run: RunFolder, _ record: RunRecord, _ present: [String: FileRecord], _ verification: inout Verification
    ) {
        var produced: [String: [FileRecord]] = [:]
        let known = Set(record.plan.steps.map(\.name))
        for path in present.keys.sorted() where path.hasPrefix("steps/") {
            let step = path.split(separator: "/")[1]
            if !known.contains(String(step)) { verification.note(path, "belongs to no step of the plan") }
        }
        for step in record.plan.steps {
            verification.steps += 1
            let folder = "steps/\(step.name)/"
            var files: [String: FileRecord] = [:]
            for (path, file) in present where path.hasPrefix(folder) { files[String(path.dropFirst(folder.count))] = file }
            let outputs = StepContract.outputsFolder + "/"
            produced[step.name] = files.values.filter { $0.path.hasPrefix(folder + outputs) }
                .map { FileRecord(path: String($0.path.dropFirst(folder.count + outputs.count)), digest: $0.digest, bytes: $0.bytes) }
                .sorted { Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8)) }

            // The inputs file against plan and producers.
            let expected: StepInvocation
            do { expected = try Runner.invocation(of: step, record: record, produced: produced) } catch {
                verification.note("run.json", "\(error)")
                continue
            }
            let inputs = folder + StepContract.inputsFile
            if let file = files[StepContract.inputsFile], file.digest != expected.key {
                verification.note(inputs, mismatch(at: run.path + "/" + inputs, expected: expected))
            }

            // The attestation against the files and the inputs.
            let path = folder + StepContract.attestationFile
            guard files[StepContract.attestationFile] != nil else {
                verification.note(path, "missing")
                continue
            }
            guard let (statement, _) = statement(at: run.path + "/" + path, named: path, &verification) else { continue }
            files[StepContract.attestationFile] = nil
            compare(statement.subject, with: files, prefix: folder, vouching: "the step's attestation", &verification)
            do {
                let provenance = try statement.provenance()
                let again = StepAttestation.statement(
                    invocation: expected, files: [], run: "", started: provenance.startedOn, finished: provenance.finishedOn, version: "")
                let ours = try again.provenance()
                if provenance.internalParameters != ours.internalParameters
                    || provenance.externalParameters != ours.externalParameters
                    || provenance.resolvedDependencies != ours.resolvedDependencies
                {
                    verification.note(path, "vouches for another invocation than the plan and the step's inputs prescribe")
                }
                if !provenance.invocationID.hasSuffix("/" + step.name) {
                    verification.note(path, "is the attestation of \(provenance.invocationID), not of step \(step.name)")
                }
            } catch {
                verification.note(path, "\(error)")
            }
        }
    }

    /// Says which link is broken: the likeliest reason for other inputs is a changed file of an earlier step.
    private func mismatch(at path: String, expected: StepInvocation) -> String {
        guard let recorded = try? StepInvocation(file: path) else { return "is not the inputs file that the plan prescribes" }
        for (name, input) in expected.inputs {
            guard let theirs = recorded.inputs[name] else { return "lacks the input '\(name)' that the plan prescribes" }
            for file in input.files where !theirs.files.contains(file) {
                return "was fed another \(input.folder)/\(file.path) than the one that is there"
            }
        }
        return "differs from what the plan in run.json prescribes"
    }

    private func statement(
        at path: String, named name: String, _ verification: inout Verification
    ) -> (Statement, PublicKey)? {
        do {
            let envelope = try Envelope.parse(try BoundedFile.read(path, limit: 64 << 20))
            let signer = try envelope.verify(against: trusted)
            guard envelope.payloadType == Statement.payloadType else {
                throw StatementError(field: "payloadType", reason: "\(Statement.payloadType) is expected")
            }
            return (try Statement(payload: envelope.payload), signer)
        } catch {
            verification.note(name, "\(error)")
            return nil
        }
    }

    /// Subjects and files must be the same set with the same digests.
    private func compare(
        _ subjects: [ResourceDescriptor], with files: [String: FileRecord], prefix: String, vouching: String,
        _ verification: inout Verification
    ) {
        var named: Set<String> = []
        for subject in subjects {
            named.insert(subject.name)
            guard let file = files[subject.name] else {
                verification.note(prefix + subject.name, "missing, though \(vouching) names it")
                continue
            }
            if file.digest != subject.digest {
                verification.note(prefix + subject.name, "changed: its SHA-256 is \(file.digest), \(vouching) says \(subject.digest)")
            }
        }
        for name in files.keys.sorted() where !named.contains(name) {
            verification.note(prefix + name, "unknown: \(vouching) does not name it")
        }
    }
}

extension Verification {
    /// Adds a finding once: a changed file breaks several links, and is named by each differently, but one line a file and cause is enough.
    package mutating func note(_ path: String, _ problem: String) {
        let finding = Finding(path: path, problem: problem)
        if !findings.contains(finding) { findings.append(finding) }
    }
}
