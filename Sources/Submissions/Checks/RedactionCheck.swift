import Integrity
import Workflows

/// Whether each declared redaction is of a file that may be redacted, and is what it says. That the original is the signed one is the record's check.
enum RedactionCheck {
    static func look(at folder: SubmissionFolder, document: SubmissionDocument, _ checked: inout CheckedSubmission) {
        for (index, redaction) in document.redactions.enumerated() {
            let place = "\(SubmissionLayout.document):redactions[\(index)]"
            guard Redaction.isAllowed(redaction.path) else {
                checked.note(.redaction, at: place, "\(redaction.path) is evidence, of which nothing may be removed")
                continue
            }
            let file = SubmissionLayout.record + "/" + redaction.path
            guard let bytes = try? folder.bytes(file) else {
                checked.note(.redaction, at: place, "there is no \(file)")
                continue
            }
            guard SHA256Digest.of(bytes) == redaction.published, redaction.published != redaction.original else {
                checked.note(.redaction, at: place, "\(file) is not the file that it declares")
                continue
            }
            let text = String(decoding: bytes, as: UTF8.self)
            for kind in redaction.kinds where !text.contains(kind.mark) {
                checked.note(.redaction, at: place, "\(file) holds no mark \(kind.mark) of what was removed")
            }
        }
        let count = document.redactions.count
        if count > 0 {
            checked.note(
                .redacted, at: "\(SubmissionLayout.document):redactions",
                "private data were removed from \(count) log\(count == 1 ? "" : "s"); what else those say is the submitter's word")
        }
    }
}
