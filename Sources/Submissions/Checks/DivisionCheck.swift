import Artifacts
import Workflows

/// Whether the run keeps the rules of its division: closed takes no deviation, open takes those that are declared.
///
/// What must be declared is derived from the workflow that the submission brings, never from the reader's: else whether a submission stands would
/// depend on where it is checked. One that brings none says so, and what the reader's own copy of the workflow tells beyond it is a note.
enum DivisionCheck {
    static func look(
        document: SubmissionDocument, record: RunRecord, workflows: PlanCheck.Workflows, _ checked: inout CheckedSubmission
    ) {
        let place = "\(SubmissionLayout.document):deviations"
        let derived = Deviation.all(of: record, workflow: workflows.brought)
        for deviation in derived where !isDeclared(deviation, in: document, workflows) {
            checked.note(.undeclaredDeviation, at: place, "does not say that \(deviation.sentence)")
        }
        if !document.bringsWorkflow {
            checked.note(
                .deviationsUnknown, at: place,
                "the workflow is not included: departures of parameters and seeds from the paper's variation are not declared")
            let known = Deviation.all(of: record, workflow: workflows.own)
            let untold = known.filter { !isDeclared($0, in: document, workflows) }
            for deviation in untold { checked.note(.differsFromOurs, at: place, "it does not say that \(deviation.sentence)") }
            if workflows.own == nil || !untold.isEmpty {
                checked.incomparableReason = checked.incomparableReason ?? "it does not declare every departure from the paper"
            }
        }
        guard document.division == .closed else { return }
        for deviation in Deviation.all(of: record, workflow: workflows.brought ?? workflows.own) {
            for rule in DivisionRule.closed where rule.deviations.contains(deviation.kind) {
                checked.note(.closedDivision, at: "\(SubmissionLayout.document):division", "rule \(rule.id): \(deviation.sentence)")
            }
        }
        if workflows.brought == nil {
            checked.note(
                .closedDivision, at: "\(SubmissionLayout.document):division",
                "rule \(DivisionRule.planIsTheWorkflows.id): the workflow that the run had is not included")
        }
    }

    /// Whether a deviation is declared. That of the variation names the paper's where the workflow is at hand, and means the same where it is not.
    private static func isDeclared(_ deviation: Deviation, in document: SubmissionDocument, _ workflows: PlanCheck.Workflows) -> Bool {
        document.deviations.contains(deviation)
            || (deviation.kind == .variation && workflows.brought == nil
                && document.deviations.contains { $0.kind == .variation && $0.subject == deviation.subject })
    }
}
