import Artifacts
import Integrity

/// What a plan has in common with its workflow, as far as the workflow's artifact alone tells: parameters, matrix, steps, claims.
///
/// ``PlanComparison`` says more, and needs every artifact that the plan pins. Where some are of another version by now, a dropped replicate, an easier
/// criterion or a parameter that one step has and the workflow does not give it is still found here.
public enum WorkflowAgreement {
    /// The plan's fields that are not what the workflow gives, none where all agree.
    ///
    /// - Parameter artifact: the workflow; that it is the very one that the plan pins is looked at too.
    public static func differences(_ plan: Plan, from artifact: Artifact) -> [String] {
        guard let meta = artifact.meta.workflow else { return ["workflow"] }
        let variation = meta.variations.isEmpty ? nil : plan.variation
        let values = try? meta.values(variation: variation, overrides: plan.settings)
        let isPaperScale = variation.flatMap { meta.variations[$0]?.scale } == .paper && plan.settings.isEmpty
        let agreements = [
            ("workflow", ArtifactReference(artifact) == plan.workflow), ("title", plan.title == artifact.meta.name),
            ("parameters", values == plan.parameters), ("scale", plan.scale != .paper || isPaperScale),
            ("paper", plan.paper?.alias == meta.paper?.alias), ("bindings", plan.bindings == .array(meta.claims)),
            ("tables", plan.tables == meta.tables), ("matrix.rows", plan.matrix?.rows == meta.matrix?.rows),
            ("matrix.seeds", plan.matrix?.seeds == meta.matrix?.seedCount(with: plan.parameters)),
        ]
        let differences = agreements.filter { !$0.1 }.map(\.0)
        // Rows of its own would make steps of their own, and a hostile plan may have any number of them.
        return plan.matrix?.rows == meta.matrix?.rows ? differences + self.differences(ofSteps: plan, from: meta) : differences
    }

    private static func differences(ofSteps plan: Plan, from meta: WorkflowMeta) -> [String] {
        let occurrences = MatrixExpansion.occurrences(
            of: meta.steps, rows: plan.matrix?.plannedRows ?? [], seeds: plan.matrix?.seeds ?? 1, first: plan.seed)
        guard Set(occurrences.map(\.name)) == Set(plan.steps.map(\.name)) else { return ["steps"] }
        let planned = Dictionary(plan.steps.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return occurrences.flatMap { occurrence -> [String] in
            guard let step = planned[occurrence.name] else { return [] }
            let expected = occurrence.step.filled(with: occurrence.values(plan.parameters))
            // Where the artifact is chosen, each candidate takes those of the parameters that it declares.
            let given = expected.artifacts.count > 1 ? expected.parameters.filter { step.parameters[$0.key] != nil } : expected.parameters
            let inputs = expected.inputs.mapValues { source in
                let producer = meta.steps.first { $0.name == source.step }.map { occurrence.name(of: $0) } ?? source.step
                return WorkflowMeta.Source(step: producer, output: source.output).description
            }
            let agreements = [
                ("artifact", expected.artifact.alias.map { $0 == step.artifact.alias } ?? true),
                ("inputs", step.dataset != nil || inputs == step.inputs),
                ("parameters", given.allSatisfy { step.parameters[$0.key] == $0.value }),
                ("model.variation", expected.model?.variation == step.model?["variation"]?.stringValue),
            ]
            return agreements.filter { !$0.1 }.map { "steps.\(step.name).\($0.0)" }
        }
    }
}
