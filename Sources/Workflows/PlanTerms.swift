import Artifacts
import Integrity

/// How a plan differs in substance from the one that a project's own workflow gives, whatever the versions and digests of the artifacts.
///
/// ``PlanComparison`` says whether two plans are the same and compares nothing across versions. A plan made from another workflow under a project's
/// name is told apart here: an eased criterion, another scale, a protocol that is left out.
public enum PlanTerms {
    /// Sentences, in the order scale, parameters, matrix, protocol, claims, criteria, steps; none where the plans agree in all of these.
    ///
    /// - Parameter workflow: the project's, one of `catalogue`.
    public static func differences(_ plan: Plan, from workflow: Artifact, in catalogue: Catalogue) -> [String] {
        let rows: [String] = plan.matrix.map { $0.leftOut.isEmpty ? [] : $0.plannedRows.map(\.name) } ?? []
        let variation: String? = workflow.meta.workflow?.variations.isEmpty == true ? nil : plan.variation
        do {
            let ours = try Planner(catalogue: catalogue).plan(
                workflow: workflow.meta.uid, variation: variation, settings: plan.typedSettings, seed: plan.seed, only: rows)
            return differences(plan, from: ours)
        } catch {
            return ["this project's workflow gives no such plan: \(error)"]
        }
    }

    private static func differences(_ plan: Plan, from ours: Plan) -> [String] {
        var differences: [String] = []
        func compare(_ what: String, _ theirs: JSONValue, _ ours: JSONValue) {
            if theirs != ours { differences.append("\(what) is \(text(theirs)), this project's is \(text(ours))") }
        }
        compare("the scale", .string(plan.scale.rawValue), .string(ours.scale.rawValue))
        for name in Set(plan.parameters.keys).union(ours.parameters.keys).sorted() {
            compare("parameter \(name)", plan.parameters[name] ?? .null, ours.parameters[name] ?? .null)
        }
        compare("the number of seeds", .number(Double(plan.matrix?.seeds ?? 1)), .number(Double(ours.matrix?.seeds ?? 1)))
        if plan.matrix?.rows != ours.matrix?.rows { differences.append("the matrix has other rows than this project's") }
        for note in ours.protocolNotes where !plan.protocolNotes.contains(note) {
            differences.append("it does not tell of this difference from the paper: \(note)")
        }
        if PaperClaims.substance(plan.claims) != PaperClaims.substance(ours.claims) {
            differences.append("the paper's claims are not as this project has them")
        }
        if plan.bindings != ours.bindings { differences.append("claims are bound to other measures or criteria than this project's") }
        let planned = Dictionary(plan.steps.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for step in ours.steps {
            guard let theirs = planned[step.name] else {
                differences.append("step \(step.name) is not in it")
                continue
            }
            if theirs.artifact.alias != step.artifact.alias || theirs.inputs != step.inputs || theirs.parameters != step.parameters {
                differences.append("step \(step.name) has another program, other inputs or other parameters")
            }
        }
        return differences
    }

    private static func text(_ value: JSONValue) -> String {
        value.isNull ? "absent" : value.stringValue ?? String(decoding: value.canonicalBytes(), as: UTF8.self)
    }
}
