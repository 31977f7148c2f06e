import Foundation
import Integrity

/// Checks one finished step: that its inputs file is the one that was prescribed, and that a trusted key vouches for exactly the files that are
/// there. A run's verifier asks it about every step, and a runner before it takes a step for done.
struct StepVerifier {
    let trusted: [PublicKey]

    /// - Parameters:
    ///   - folder: the step's folder.
    ///   - files: every file in it, by its path relative to the folder.
    ///   - expected: the invocation that the plan prescribes, given what the steps before produced.
    /// - Returns: what does not hold; paths are relative to the folder.
    func findings(folder: String, files: [String: FileRecord], expected: StepInvocation) -> [Finding] {
        var findings: [Finding] = []
        if let inputs = files[StepContract.inputsFile] {
            if inputs.digest != expected.key {
                let path = folder + "/" + StepContract.inputsFile
                findings.append(Finding(path: StepContract.inputsFile, problem: mismatch(at: path, expected: expected)))
            }
        } else {
            findings.append(Finding(path: StepContract.inputsFile, problem: "missing"))
        }
        guard files[StepContract.attestationFile] != nil else {
            findings.append(Finding(path: StepContract.attestationFile, problem: "missing"))
            return findings
        }
        let attested: AttestedStatement
        do {
            attested = try AttestedStatement(file: folder + "/" + StepContract.attestationFile, trusted: trusted)
            try check(try attested.statement.provenance(), expected: expected)
        } catch {
            findings.append(Finding(path: StepContract.attestationFile, problem: "\(error)"))
            return findings
        }
        var others = files
        others[StepContract.attestationFile] = nil
        return findings + attested.findings(comparedWith: others, vouching: "the step's attestation")
    }

    private func check(_ provenance: Provenance, expected: StepInvocation) throws(StatementError) {
        let again = StepAttestation.statement(
            invocation: expected, files: [], run: "", started: provenance.startedOn, finished: provenance.finishedOn, version: "")
        let ours = try again.provenance()
        guard provenance.internalParameters == ours.internalParameters, provenance.externalParameters == ours.externalParameters,
            provenance.resolvedDependencies == ours.resolvedDependencies, provenance.byproducts.isEmpty
        else {
            throw StatementError(
                field: "predicate.buildDefinition",
                reason: "it vouches for another invocation than the plan and the step's inputs prescribe")
        }
        guard provenance.buildType == ours.buildType, provenance.builder.id == ours.builder.id else {
            throw StatementError(field: "predicate.runDetails.builder", reason: "it is not by a runner of this kind")
        }
        let parts = provenance.invocationID.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[1] == expected.step else {
            throw StatementError(
                field: "predicate.runDetails.metadata.invocationId",
                reason: "it is the attestation of \(provenance.invocationID), not of step \(expected.step)")
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
}

/// A statement in an envelope whose signature holds under a trusted key.
struct AttestedStatement {
    let statement: Statement
    let signer: PublicKey

    init(file path: String, trusted: [PublicKey]) throws {
        let envelope = try Envelope.read(path)
        signer = try envelope.verify(against: trusted)
        guard envelope.payloadType == Statement.payloadType else {
            throw StatementError(field: "payloadType", reason: "\(Statement.payloadType) is expected")
        }
        statement = try Statement(payload: envelope.payload)
    }

    /// Subjects and files must be the same set with the same digests.
    func findings(comparedWith files: [String: FileRecord], vouching: String) -> [Finding] {
        var findings: [Finding] = []
        var named: Set<String> = []
        for subject in statement.subject {
            named.insert(subject.name)
            guard let file = files[subject.name] else {
                findings.append(Finding(path: subject.name, problem: "missing, though \(vouching) names it"))
                continue
            }
            if file.digest != subject.digest {
                findings.append(
                    Finding(path: subject.name, problem: "changed: its SHA-256 is \(file.digest), \(vouching) says \(subject.digest)"))
            }
        }
        for name in files.keys.sorted() where !named.contains(name) {
            findings.append(Finding(path: name, problem: "unknown: \(vouching) does not name it"))
        }
        return findings
    }
}
