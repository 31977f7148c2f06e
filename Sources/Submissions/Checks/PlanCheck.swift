import Artifacts
import Integrity
import Workflows

/// Whether the plan is its workflow's and the claims are the paper's, as far as the artifacts at hand tell; and how it departs from what the reader's
/// own project gives under the same names.
///
/// An alias, a uid and a version are only names: anybody can write them over an easier workflow. What the results are comparable with is decided by
/// content alone.
enum PlanCheck {
    /// The workflow's section from both sides, each only where it is the very one that the plan pins.
    struct Workflows {
        /// Brought by the submission.
        var brought: WorkflowMeta?
        /// The reader's.
        var own: WorkflowMeta?
    }

    private static let place = SubmissionLayout.record + "/run.json"
    /// A hostile plan may differ in any number of ways.
    private static let mostDifferences = 20

    static func look(
        at folder: SubmissionFolder, document: SubmissionDocument, record: RunRecord, catalogue: Catalogue?,
        _ checked: inout CheckedSubmission
    ) -> Workflows {
        var isSame = false
        if let catalogue {
            isSame = compare(record, with: catalogue, at: place, &checked)
        } else {
            checked.note(.planNotCompared, at: place, "the plan was not made again: there is no project here")
        }
        let own = catalogue?.artifacts.first { $0.meta.kind == .workflow && $0.digest == record.plan.workflow.digest }
        let brought = included(folder, document, record.plan, &checked)
        if let artifact = own ?? brought {
            for field in WorkflowAgreement.differences(record.plan, from: artifact) {
                checked.note(.plan, at: "\(place):plan.\(field)", "is not what \(artifact.title) gives")
            }
        }
        if document.division == .closed, !isSame {
            checked.note(
                .closedDivision, at: "\(SubmissionLayout.document):division",
                "rule \(DivisionRule.planIsTheWorkflows.id): \(DivisionRule.planIsTheWorkflows.requirement)")
        }
        return Workflows(brought: brought?.meta.workflow, own: own?.meta.workflow)
    }

    /// The workflow that the submission brings. It counts only if it is, byte for byte, the one that the plan pins.
    private static func included(
        _ folder: SubmissionFolder, _ document: SubmissionDocument, _ plan: Plan, _ checked: inout CheckedSubmission
    ) -> Artifact? {
        let path = document.layout.workflow
        guard document.bringsWorkflow else { return nil }
        do {
            let artifact = try Artifact.load(folder: folder.path + "/" + path, named: path)
            if artifact.digest == plan.workflow.digest { return artifact }
            checked.note(.digest, at: path, "is not the workflow that the run had: its digest is \(artifact.digest)")
        } catch {
            checked.note(.malformed, at: path, "\(error)")
        }
        return nil
    }

    // MARK: - The reader's project

    /// Compares a plan with the one that a project gives, and says whether the results are comparable with the project's.
    ///
    /// - Returns: whether the plan is the same, made from the same artifacts.
    @discardableResult
    static func compare(
        _ record: RunRecord, with catalogue: Catalogue, at place: String, _ checked: inout CheckedSubmission
    ) -> Bool {
        let plan = record.plan
        let comparison = PlanComparison(plan, catalogue: catalogue)
        claims(plan, catalogue, at: place, &checked)
        guard comparison != .same else {
            checked.incomparableReason = nil
            return true
        }
        if let problem = comparison.problem { checked.note(.plan, at: place, problem) }
        if let obstacle = comparison.obstacle {
            checked.note(.planNotCompared, at: place, "the plan was not made again: \(obstacle)")
            checked.incomparableReason = obstacle
        }
        let name = plan.workflow.name
        guard let ours = catalogue.artifacts.first(where: { isCounterpart($0, of: plan.workflow) }) else {
            checked.incomparableReason = "\(name) is not a workflow of this project"
            checked.note(.otherWorkflow, at: "\(place):plan.workflow", "\(name) is not a workflow of this project")
            return false
        }
        if ours.digest != plan.workflow.digest {
            checked.incomparableReason = "its \(name) is not this project's \(ours.reference): the digests differ"
            checked.note(
                .otherWorkflow, at: "\(place):plan.workflow",
                "\(name) is another here (SHA-256 \(ours.digest)) than the one that the run had (\(plan.workflow.digest))")
        }
        differences(record, from: ours, catalogue, at: place, &checked)
        return false
    }

    /// Whether an artifact has a workflow's uid or its alias: what a reader would take it for.
    private static func isCounterpart(_ artifact: Artifact, of workflow: ArtifactReference) -> Bool {
        artifact.meta.kind == .workflow && (artifact.meta.uid == workflow.uid || artifact.meta.alias == workflow.alias)
    }

    /// What departs from the reader's own workflow, of the same name but not the same.
    private static func differences(
        _ record: RunRecord, from ours: Artifact, _ catalogue: Catalogue, at place: String, _ checked: inout CheckedSubmission
    ) {
        let own = ours.digest == record.plan.workflow.digest
        let departures = own ? [] : Deviation.all(of: record, workflow: ours.meta.workflow)
        let known = checked.document?.deviations ?? Deviation.all(of: record, workflow: nil)
        let sentences =
            PlanTerms.differences(record.plan, from: ours, in: catalogue)
            + departures.filter { departure in !known.contains { $0.sentence == departure.sentence } }
            .map { "by this project's workflow, \($0.sentence)" }
        for sentence in sentences.prefix(mostDifferences) { checked.note(.differsFromOurs, at: "\(place):plan", sentence) }
        if sentences.count > mostDifferences {
            checked.note(.differsFromOurs, at: "\(place):plan", "and \(sentences.count - mostDifferences) more differences")
        }
    }

    private static func claims(_ plan: Plan, _ catalogue: Catalogue, at place: String, _ checked: inout CheckedSubmission) {
        guard let paper = plan.paper else { return }
        guard
            let artifact = catalogue.artifacts.first(where: {
                $0.meta.kind == .paper && ($0.meta.alias == paper.alias || $0.meta.uid == paper.uid)
            }), let own = artifact.meta.paper
        else {
            checked.note(.otherClaims, at: "\(place):plan.claims", "\(paper.name) is not in this project, so its claims were not compared")
            return
        }
        let theirs = PaperClaims.substance(plan.claims)
        let ours = PaperClaims.substance(.array(own.claims.map(\.json)))
        guard theirs != ours else { return }
        let different = zip(theirs, ours).first { $0 != $1 }.map { $0.0["id"]?.stringValue ?? "a claim" }
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
