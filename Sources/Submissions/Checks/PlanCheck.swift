import Artifacts
import Integrity
import Workflows

/// Whether the plan is its workflow's and the claims are the paper's, as far as the artifacts at hand tell.
enum PlanCheck {
    private static let place = SubmissionLayout.record + "/run.json"

    /// - Returns: the workflow's own section, where the very artifact is at hand that the run had.
    static func look(
        at folder: SubmissionFolder, document: SubmissionDocument, record: RunRecord, catalogue: Catalogue?,
        _ checked: inout CheckedSubmission
    ) -> WorkflowMeta? {
        let comparison = catalogue.map { PlanComparison(record.plan, catalogue: $0) } ?? .notCompared(reason: "there is no project here")
        if let problem = comparison.problem { checked.note(.plan, at: place, problem) }
        if let obstacle = comparison.obstacle { checked.note(.planNotCompared, at: place, "the plan was not made again: \(obstacle)") }
        if let catalogue { claims(record.plan, catalogue, &checked) }

        let own = catalogue?.artifacts.first { $0.meta.kind == .workflow && $0.digest == record.plan.workflow.digest }
        let brought = included(folder, document, record.plan, &checked)
        let artifact = own ?? brought
        guard let artifact, let meta = artifact.meta.workflow else { return nil }
        for field in WorkflowAgreement.differences(record.plan, from: artifact) {
            checked.note(.plan, at: "\(place):plan.\(field)", "is not what \(artifact.title) gives")
        }
        if document.division == .closed, comparison != .same {
            checked.note(
                .closedDivision, at: "\(SubmissionLayout.document):division",
                "rule \(DivisionRule.planIsTheWorkflows.id): \(DivisionRule.planIsTheWorkflows.requirement)")
        }
        return meta
    }

    /// The workflow that the submission brings. It counts only if it is, byte for byte, the one that the plan pins.
    private static func included(
        _ folder: SubmissionFolder, _ document: SubmissionDocument, _ plan: Plan, _ checked: inout CheckedSubmission
    ) -> Artifact? {
        let path = document.layout.workflow
        guard folder.files.contains(where: { $0.hasPrefix(path + "/") }) else { return nil }
        do {
            let artifact = try Artifact.load(folder: folder.path + "/" + path, named: path)
            if artifact.digest == plan.workflow.digest { return artifact }
            checked.note(.digest, at: path, "is not the workflow that the run had: its digest is \(artifact.digest)")
        } catch {
            checked.note(.malformed, at: path, "\(error)")
        }
        return nil
    }

    // MARK: - Claims

    /// The parts of a claim that say what the paper says; marks and notes come and go with `reprise claims confirm`.
    private static let substance = ["id", "statement", "source", "kind", "table", "row", "column", "value", "uncertainty", "unit"]

    private static func claims(_ plan: Plan, _ catalogue: Catalogue, _ checked: inout CheckedSubmission) {
        guard let paper = plan.paper else { return }
        guard let artifact = catalogue.artifacts.first(where: { $0.meta.kind == .paper && $0.meta.alias == paper.alias }),
            let own = artifact.meta.paper
        else {
            checked.note(.otherClaims, at: "\(place):plan.claims", "\(paper.name) is not in this project, so its claims were not compared")
            return
        }
        func substance(_ claims: [JSONValue]) -> [JSONValue] {
            claims.map { claim in .object((claim.objectValue ?? [:]).filter { PlanCheck.substance.contains($0.key) && !$0.value.isNull }) }
        }
        let theirs = substance(plan.claims.arrayValue ?? [])
        let ours = substance(own.claims.map(\.json))
        let different = zip(theirs, ours).first { $0 != $1 }.map { $0.0["id"]?.stringValue ?? "a claim" }
        guard theirs != ours else { return }
        let what = different.map { "claim \($0)" } ?? "the number of claims"
        if paper.version == artifact.meta.version.description {
            checked.note(.claims, at: "\(place):plan.claims", "\(what) is not as \(artifact.reference) has it")
        } else {
            checked.note(
                .otherClaims, at: "\(place):plan.claims",
                "\(what) is not as \(artifact.reference) has it; the run had version \(paper.version)")
        }
    }
}
