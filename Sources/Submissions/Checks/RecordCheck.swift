import Integrity
import Reporting
import Workflows

/// Whether the record holds: manifest, attestations, the chain of inputs, data sets, and the verdicts computed again.
enum RecordCheck {
    static func look(at folder: SubmissionFolder, document: SubmissionDocument, _ checked: inout CheckedSubmission) throws {
        guard folder.holds(SubmissionLayout.recordKey) else { return }
        let key: PublicKey
        do { key = try folder.key(SubmissionLayout.recordKey) } catch {
            checked.note(.malformed, at: SubmissionLayout.recordKey, "\(error)")
            return
        }
        let run = RunFolder(path: folder.path + "/" + SubmissionLayout.record)
        let redactions = document.redactions.filter { Redaction.isAllowed($0.path) }
        let verification = try RunVerifier(trusted: [key]).verify(
            run, recordAlone: !document.checkpoints.areIncluded,
            redacted: Dictionary(
                redactions.map { ($0.path, RedactedFile(original: $0.original, published: $0.published)) },
                uniquingKeysWith: { first, _ in first }))
        look(at: run, verification, prefix: SubmissionLayout.record + "/", redacted: Set(redactions.map(\.path)), &checked)
        openSSL(folder, run, key: key, &checked)
    }

    /// Takes over what a verification found, and adds what follows from the record.
    static func look(
        at run: RunFolder, _ verification: Verification, prefix: String, redacted: Set<String> = [], _ checked: inout CheckedSubmission
    ) {
        var verification = verification
        // Without a manifest that holds nothing else in a record is vouched for, and every link of it breaks once more.
        let isVouchedFor = verification.signer != nil
        for finding in verification.findings where isVouchedFor || finding.path == RunFolder.manifestName {
            checked.note(redacted.contains(finding.path) ? .redaction : code(of: finding.path), at: prefix + finding.path, finding.problem)
        }
        if !isVouchedFor, checked.isAccepted {
            for finding in verification.findings { checked.note(code(of: finding.path), at: prefix + finding.path, finding.problem) }
        }
        checked.record = verification.record
        checked.recorderKey = verification.signer
        checked.digests = verification.digests
        checked.absentOutputs = verification.absentOutputs
        verification.findings = []
        RunComparison.check(run, &verification)
        for finding in verification.findings { checked.note(.verdicts, at: prefix + finding.path, finding.problem) }
        if verification.record != nil { checked.comparison = try? RunComparison(run) }
    }

    /// The id of the key that signed a manifest, where it is none of those that are accepted. Nothing in such a record can be judged.
    static func signer(of run: RunFolder, unknownTo accepted: [PublicKey]) -> String? {
        guard let envelope = try? Envelope.read(run.manifest) else { return nil }
        let signers = envelope.signatures.map(\.keyID)
        return accepted.contains { signers.contains($0.keyID) } ? nil : signers.first.map { String($0.prefix(64)) }
    }

    /// The link that a file belongs to.
    private static func code(of path: String) -> SubmissionCode {
        if path == RunFolder.manifestName { return .recordManifest }
        if path == "run.json" { return .recordPlan }
        let parts = path.split(separator: "/")
        if parts.count == 3, parts[0] == "steps" {
            if parts[2] == StepContract.inputsFile { return .recordInputs }
            if parts[2] == StepContract.attestationFile { return .recordAttestation }
        }
        return .recordFile
    }

    /// The manifest's signature once more, as bare files.
    private static func openSSL(_ folder: SubmissionFolder, _ run: RunFolder, key: PublicKey, _ checked: inout CheckedSubmission) {
        guard let envelope = try? Envelope.read(run.manifest) else { return }
        let signature = envelope.signatures.first { $0.keyID == key.keyID }?.bytes
        for (file, expected) in [
            (SubmissionLayout.manifestPAE, envelope.preAuthenticationEncoding), (SubmissionLayout.manifestSignature, signature),
        ] {
            guard folder.holds(file), let expected else { continue }
            if (try? folder.bytes(file, limit: 128 << 20)) != expected {
                checked.note(.openSSLFiles, at: file, "is not what the record's manifest holds")
            }
        }
    }
}
