import Integrity

/// A finished run whose record was verified and holds, outputs and all: the only kind that is handed on to other people's clients.
public struct VerifiedRun: Sendable {
    public let folder: RunFolder
    public let record: RunRecord
    /// Whose signature under the manifest holds.
    public let signer: PublicKey
    /// Of every file, by its path relative to the run's folder.
    let digests: [String: SHA256Digest]

    /// - Parameter verification: of the same folder, outputs included.
    public init(_ folder: RunFolder, _ verification: Verification) throws(ExportError) {
        guard verification.findings.isEmpty, verification.absentOutputs == 0, let record = verification.record,
            let signer = verification.signer
        else { throw .doesNotHold(run: folder.id) }
        self.folder = folder
        self.record = record
        self.signer = signer
        digests = verification.digests
    }

    /// The statement about a step, whose signature was verified with the rest.
    func attestation(of step: PlannedStep) throws -> Statement {
        let path = folder.step(step.name) + "/" + StepContract.attestationFile
        return try Statement(payload: try Envelope.read(path).payload)
    }
}
