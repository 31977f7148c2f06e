import Reporting

/// Whether the tree is a submission's: every file that belongs, and no other. What lies in the record is the record's to say.
enum LayoutCheck {
    static func look(at folder: SubmissionFolder, document: SubmissionDocument, replicates: Int?, _ checked: inout CheckedSubmission) {
        let layout = document.layout
        var expected: Set = [
            SubmissionLayout.document, SubmissionLayout.signature, SubmissionLayout.readme, SubmissionLayout.submitterKey,
            SubmissionLayout.recordKey,
            SubmissionLayout.manifestPAE, SubmissionLayout.manifestSignature, layout.systemFile, layout.benchmarkReadme, layout.rules,
        ]
        if document.bringsWorkflow { expected.insert(layout.workflow + "/meta.json") }
        if let replicates { expected.formUnion((0..<replicates).map(layout.resultFile)) }
        for file in folder.files where !expected.contains(file) && !file.hasPrefix(SubmissionLayout.record + "/") {
            if replicates == nil, file.hasPrefix(layout.results + "/") { continue }
            if document.bringsWorkflow, file.hasPrefix(layout.workflow + "/"), !isHidden(file) { continue }
            checked.note(.unknownFile, at: file, "belongs to no submission")
        }
        for file in expected.sorted() where !folder.holds(file) { checked.note(.missingFile, at: file, "is missing") }
    }

    /// What an artifact's digest leaves out, so that nothing says what it should be.
    private static func isHidden(_ file: String) -> Bool {
        file.split(separator: "/").contains { $0.hasPrefix(".") || $0 == "__pycache__" || $0 == "_cm.json" }
    }
}
