import Integrity
import Reporting
import Workflows

/// Whether what a submission says beside its record follows from the record: identity, result logs, system description, rules, texts.
enum DerivedFilesCheck {
    static func look(
        at folder: SubmissionFolder, document: SubmissionDocument, record: RunRecord, comparison: RunComparison?,
        _ checked: inout CheckedSubmission
    ) {
        identity(document, record, &checked)
        if let comparison { resultLogs(folder, document, comparison, &checked) }
        system(folder, document, record, &checked)
        rules(folder, document, &checked)
        texts(folder, document, record, &checked)
    }

    /// The rules are this version's to the byte. Where another version's format says that it had others, the run is judged by the reader's all the same.
    private static func rules(_ folder: SubmissionFolder, _ document: SubmissionDocument, _ checked: inout CheckedSubmission) {
        let file = document.layout.rules
        guard folder.holds(file), (try? folder.bytes(file)) != Array(DivisionRule.json(of: document.division).prettyText().utf8) else {
            return
        }
        let format = (try? folder.json(file))?["format"]?.stringValue
        if let format, format != DivisionRule.format, format.wholeMatch(of: /reprise\.rules\/v[0-9]{1,4}/) != nil {
            checked.note(
                .otherText, at: file, "are the rules of another version of reprise (\(format)); the run was judged by this version's")
        } else {
            checked.note(.malformed, at: file, "are not the rules of the division \(document.division.rawValue)")
        }
    }

    private static func identity(_ document: SubmissionDocument, _ record: RunRecord, _ checked: inout CheckedSubmission) {
        let said: [(String, Bool)] = [
            ("run", document.run == record.id), ("benchmark", document.benchmark == record.plan.workflow),
            ("variation", document.variation == record.plan.variation), ("scale", document.scale == record.plan.scale),
        ]
        for (field, agrees) in said where !agrees {
            checked.note(.identity, at: "\(SubmissionLayout.document):\(field)", "is not what the record's run.json says")
        }
    }

    private static func resultLogs(
        _ folder: SubmissionFolder, _ document: SubmissionDocument, _ comparison: RunComparison, _ checked: inout CheckedSubmission
    ) {
        for replicate in 0..<BenchmarkLog.replicates(of: comparison) {
            let file = document.layout.resultFile(replicate)
            guard folder.holds(file) else { continue }
            do {
                let expected = try BenchmarkLog.text(
                    of: comparison, replicate: replicate, division: document.division, submitter: document.submitter,
                    platform: document.system)
                let found = String(decoding: try folder.bytes(file), as: UTF8.self)
                guard found != expected else { continue }
                let lines = zip(lines(found), lines(expected)).enumerated().first { $0.element.0 != $0.element.1 }
                let line = lines.map { $0.offset + 1 } ?? min(self.lines(found).count, self.lines(expected).count) + 1
                checked.note(.resultLog, at: "\(file):\(line)", "is not what the record gives")
            } catch {
                checked.note(.resultLog, at: file, "cannot be compared: \(error)")
            }
        }
    }

    private static func lines(_ text: String) -> [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    private static func system(
        _ folder: SubmissionFolder, _ document: SubmissionDocument, _ record: RunRecord, _ checked: inout CheckedSubmission
    ) {
        let file = document.layout.systemFile
        guard folder.holds(file) else { return }
        do {
            let json = try folder.json(file)
            checked.system = json
            checked.add(SystemDescription.findings(in: json, at: file, record: record, document: document))
        } catch {
            checked.note(.malformed, at: file, "\(error)")
        }
    }

    private static func texts(
        _ folder: SubmissionFolder, _ document: SubmissionDocument, _ record: RunRecord, _ checked: inout CheckedSubmission
    ) {
        let key = try? folder.key(SubmissionLayout.recordKey)
        let readme = key.map { SubmissionReadme.text(document, record: record, recordKey: $0) }
        for (file, expected) in [
            (SubmissionLayout.readme, readme), (document.layout.benchmarkReadme, SubmissionReadme.benchmark(document, record: record)),
        ] {
            guard folder.holds(file), let expected else { continue }
            if (try? folder.bytes(file)) != Array(expected.utf8) {
                checked.note(.otherText, at: file, "is not the text that this version of reprise writes; nothing was concluded from it")
            }
        }
    }
}
