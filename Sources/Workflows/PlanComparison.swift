import Artifacts
import Integrity

/// A run's plan beside the one that its workflow gives for the same variation, settings, seed and rows.
///
/// A record shows that a plan was carried out; that the plan is the workflow's, and not one with other parameters under its name, shows only
/// where the very artifacts are at hand that the plan pins.
public enum PlanComparison: Hashable, Sendable {
    case same
    /// The workflow gives another plan; how it differs.
    case different(problem: String)
    /// The artifacts at hand are not those that the plan pins.
    case notCompared(reason: String)

    /// How the plans differ; nil where they do not, or were not compared.
    public var problem: String? {
        if case .different(let problem) = self { problem } else { nil }
    }

    /// Why the plans were not compared; nil where they were.
    public var obstacle: String? {
        if case .notCompared(let reason) = self { reason } else { nil }
    }

    public init(_ plan: Plan, catalogue: Catalogue) {
        guard plan.plannerRevision == Planner.revision else {
            self = .notCompared(reason: "it was made by another version of reprise")
            return
        }
        let workflow: Artifact
        switch PlanComparison.workflow(of: plan, in: catalogue) {
        case .success(let found): workflow = found
        case .failure(let obstacle):
            self = .notCompared(reason: obstacle.reason)
            return
        }
        let preface = "its plan is not what \(workflow.title) gives: "
        // Where nothing is planned, no row can be named: then the comparison with a plan of all rows tells.
        let rows: [String] = plan.matrix.map { $0.leftOut.isEmpty ? [] : $0.plannedRows.map(\.name) } ?? []
        // A workflow without variations is planned without one.
        let variation: String? = workflow.meta.workflow?.variations.isEmpty == true ? nil : plan.variation
        do {
            let again = try Planner(catalogue: catalogue).plan(
                workflow: workflow.meta.uid, variation: variation, settings: plan.typedSettings, seed: plan.seed, only: rows)
            if let member = plan.json.firstDifferentMember(from: again.json) {
                self = .different(problem: preface + "\(member) differs")
            } else {
                self = .same
            }
        } catch {
            self = PlanComparison.isAboutChoices(error) ? .different(problem: preface + "\(error)") : .notCompared(reason: "\(error)")
        }
    }

    /// Why a plan cannot be compared.
    private struct Obstacle: Error {
        var reason: String
    }

    /// The plan's workflow, where all that the plan pins is at hand.
    private static func workflow(of plan: Plan, in catalogue: Catalogue) -> Result<Artifact, Obstacle> {
        let known = Dictionary(catalogue.artifacts.map { ($0.title, $0) }, uniquingKeysWith: { first, _ in first })
        for pin in pins(of: plan) {
            guard let artifact = known[pin.title] else { return .failure(Obstacle(reason: "\(pin.title) is not in this project")) }
            guard artifact.digest.hex == pin.digest else {
                return .failure(Obstacle(reason: "\(pin.title) is another here than the one that the run had"))
            }
        }
        guard let workflow = catalogue.artifacts.first(where: { $0.meta.kind == .workflow && $0.digest == plan.workflow.digest }) else {
            return .failure(Obstacle(reason: "\(plan.workflow.kind)/\(plan.workflow.alias) is not a workflow of this project"))
        }
        return .success(workflow)
    }

    /// Every artifact that a plan pins. A model that is not written as a planner writes it pins nothing: the comparison finds it.
    private static func pins(of plan: Plan) -> [(title: String, digest: String)] {
        let references = [plan.workflow] + (plan.paper.map { [$0] } ?? []) + plan.steps.map(\.artifact)
        let models = plan.steps.compactMap { step -> (title: String, digest: String)? in
            guard let artifact = step.model?["artifact"], let kind = artifact["kind"]?.stringValue,
                let alias = artifact["alias"]?.stringValue, let digest = artifact["sha256"]?.stringValue
            else { return nil }
            return (title: "\(kind)/\(alias)", digest: digest)
        }
        return references.map { (title: "\($0.kind)/\($0.alias)", digest: $0.digest.hex) } + models
    }

    /// Whether a planner refused what the plan says was chosen; anything else lies with the artifacts at hand.
    private static func isAboutChoices(_ error: any Error) -> Bool {
        guard let refusal = error as? WorkflowError else { return error is ParameterError }
        switch refusal {
        case .unknownVariation, .unknownParameter, .unknownRow: return true
        default: return false
        }
    }
}
