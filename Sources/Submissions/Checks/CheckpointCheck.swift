import Workflows

/// Whether all outputs are there or none but the metrics, as the submission says: a selection would let the submitter choose what is audited.
enum CheckpointCheck {
    static func look(at folder: SubmissionFolder, document: SubmissionDocument, _ checked: inout CheckedSubmission) {
        let place = "\(SubmissionLayout.document):checkpoints"
        let said = document.checkpoints
        let prefix = SubmissionLayout.record + "/"
        let present = folder.files.filter { $0.hasPrefix(prefix) && isCheckpoint(String($0.dropFirst(prefix.count))) }
        let bytes = present.reduce(0) { $0 + folder.size($1) }
        if bytes != said.bytes { checked.note(.checkpoints, at: place, "says \(said.bytes) bytes of outputs; there are \(bytes)") }
        if said.areIncluded {
            // Any that is missing has been found already: the record's verification was not told that outputs may be absent.
            if present.count != said.files {
                checked.note(.checkpoints, at: place, "says \(said.files) outputs; there are \(present.count)")
            }
        } else {
            for file in present { checked.note(.checkpoints, at: file, "is here, though submission.json says that no outputs are") }
            if checked.absentOutputs + present.count != said.files {
                checked.note(
                    .checkpoints, at: place, "says \(said.files) outputs; the manifest names \(checked.absentOutputs + present.count)")
            }
            if checked.absentOutputs > 0 {
                checked.note(
                    .outputsAbsent, at: place,
                    "\(checked.absentOutputs) outputs are not here (\(said.reason ?? "no reason given")); their digests are signed")
            }
        }
    }

    /// Outputs beside the metrics, by their paths in the record.
    static func isCheckpoint(_ path: String) -> Bool { RunFolder.isOutput(path) && !path.hasSuffix("/" + StepContract.metricsFile) }
}
