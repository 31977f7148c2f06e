import Artifacts
import Workflows

/// Whether the run keeps the rules of its division: closed takes no deviation, open takes those that are declared.
enum DivisionCheck {
    static func look(document: SubmissionDocument, record: RunRecord, workflow: WorkflowMeta?, _ checked: inout CheckedSubmission) {
        let derived = Deviation.all(of: record, workflow: workflow)
        for deviation in derived where !document.deviations.contains(deviation) {
            checked.note(.undeclaredDeviation, at: "\(SubmissionLayout.document):deviations", "does not say that \(deviation.sentence)")
        }
        guard document.division == .closed else { return }
        for deviation in derived {
            for rule in DivisionRule.closed where rule.deviations.contains(deviation.kind) {
                checked.note(.closedDivision, at: "\(SubmissionLayout.document):division", "rule \(rule.id): \(deviation.sentence)")
            }
        }
        if workflow == nil {
            checked.note(
                .closedDivision, at: "\(SubmissionLayout.document):division",
                "rule \(DivisionRule.planIsTheWorkflows.id): the workflow that the run had is not at hand")
        }
    }
}
