import Integrity
import Workflows

/// Whether the submission is signed by the key that it brings, and names exactly the files that are there.
enum SignatureCheck {
    /// - Parameter only: the key that the reader named, where one was.
    static func look(at folder: SubmissionFolder, document: SubmissionDocument, only: PublicKey?, _ checked: inout CheckedSubmission) throws
    {
        let place = SubmissionLayout.signature
        guard folder.holds(place), folder.holds(SubmissionLayout.submitterKey) else { return }
        let key: PublicKey
        do { key = try folder.key(SubmissionLayout.submitterKey) } catch {
            checked.note(.malformed, at: SubmissionLayout.submitterKey, "\(error)")
            return
        }
        let statement: Statement
        do {
            let envelope = try folder.envelope(place)
            do { _ = try envelope.verify(against: [key]) } catch {
                guard case .untrustedKey = error else { throw error }
                checked.note(.signerKey, at: place, "is signed by \(signers(envelope)), not by the key in \(SubmissionLayout.submitterKey)")
                return
            }
            guard envelope.payloadType == Statement.payloadType else {
                throw StatementError(field: "payloadType", reason: "\(Statement.payloadType) is expected")
            }
            statement = try Statement(json: try JSONValue.parse(envelope.payload, limits: JSONLimits(bytes: 64 << 20)))
        } catch {
            checked.note(.signature, at: place, "\(error)")
            return
        }
        guard statement.predicateType == SubmissionStatement.predicateType else {
            checked.note(.signature, at: "\(place):predicateType", "\(SubmissionStatement.predicateType) is expected")
            return
        }
        checked.submitterKey = key
        if let only, only != key { checked.note(.untrustedKey, at: place, "is signed by \(key.keyID), not by the key that was named") }
        if statement.predicate != SubmissionStatement.predicate(document) {
            checked.note(.identity, at: "\(place):predicate", "is not about the submission that submission.json describes")
        }
        try compare(statement, with: folder, &checked)
    }

    private static func compare(_ statement: Statement, with folder: SubmissionFolder, _ checked: inout CheckedSubmission) throws {
        var signed = Dictionary(statement.subject.map { ($0.name, $0.digest) }, uniquingKeysWith: { first, _ in first })
        for file in folder.files where file != SubmissionLayout.signature {
            guard let digest = signed.removeValue(forKey: file) else {
                checked.note(.unknownFile, at: file, "is not among the files that the submission's signature names")
                continue
            }
            let found = try SHA256Digest.ofFile(at: folder.path + "/" + file).digest
            if found != digest { checked.note(.digest, at: file, "its SHA-256 is \(found), the submission's signature says \(digest)") }
        }
        for name in signed.keys.sorted() { checked.note(.missingFile, at: name, "is missing, though the submission's signature names it") }
    }

    private static func signers(_ envelope: Envelope) -> String {
        envelope.signatures.map { String($0.keyID.prefix(64)) }.joined(separator: ", ")
    }
}
