import Artifacts
import Reporting
import Workflows

/// Checks what a workflow's meta.json says about claims, which the catalogue leaves to the report.
enum WorkflowCheckup {
    static func check(_ plan: Plan, in catalogue: Catalogue) throws {
        let workflow = try catalogue.find(ArtifactQuery(kind: .workflow, alias: plan.workflow.alias))
        do {
            try ClaimCheckup.check(plan, variations: Set(workflow.meta.workflow?.variations.keys.map(\.self) ?? []))
        } catch {
            throw WorkflowProblem(file: "workflows/\(plan.workflow.alias)/meta.json", problem: "\(error)")
        }
    }

    /// Plans every variation of every workflow: what cannot be planned is found here and not when somebody runs it.
    static func checkAll(in catalogue: Catalogue) throws {
        for artifact in catalogue.artifacts {
            guard let workflow = artifact.meta.workflow else { continue }
            for variation in workflow.variations.keys.sorted() { try check(artifact, variation: variation, in: catalogue) }
        }
    }

    /// Plans one variation of a workflow.
    static func check(_ workflow: Artifact, variation: String, in catalogue: Catalogue) throws {
        try check(
            Planner(catalogue: catalogue).plan(workflow: workflow.meta.alias, variation: variation, settings: [], seed: 0), in: catalogue)
    }
}

struct WorkflowProblem: ClassifiedError, Hashable {
    var file: String
    var problem: String
    var exitClass: ExitClass { .badInput }
    var description: String { "\(file): \(problem)" }
}
