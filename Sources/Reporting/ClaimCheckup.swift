import Artifacts
import Integrity
import Workflows

/// Whether a workflow's claim bindings can be evaluated: asked when a run is planned, since nobody wants to hear of a typing error after
/// hours of training.
public enum ClaimCheckup {
    /// - Parameter variations: the names of the workflow's variations.
    /// - Throws: ``ClaimError`` for the first binding that cannot work.
    public static func check(_ plan: Plan, variations: Set<String>) throws(ClaimError) {
        let bindings = try ClaimBinding.list(json: plan.bindings)
        // Without metrics nothing is measured, but names, forms and criteria are all looked at.
        _ = try ClaimEvaluator.evaluate(
            claims: try Claim.list(json: plan.claims), bindings: bindings, metrics: [:], scale: .reduced, variation: plan.variation)
        let steps = Set(plan.steps.map(\.name))
        for (position, binding) in bindings.enumerated() {
            let location = "claims[\(position)]"
            for (field, reference) in binding.references where !steps.contains(reference.step) {
                throw .malformed(
                    location: location, field: field,
                    expected:
                        "of the form step:metric.path with one of the workflow's steps (\(steps.sorted().joined(separator: ", "))), not “\(reference)”"
                )
            }
            for variation in binding.appliesAt.sorted() where !variations.contains(variation) {
                throw .malformed(
                    location: location, field: "applies_at",
                    expected: "some of the workflow's variations (\(variations.sorted().joined(separator: ", "))), not “\(variation)”")
            }
        }
    }
}

extension ClaimBinding {
    /// Every metric that the binding names, with the field that names it.
    var references: [(field: String, reference: MetricReference)] {
        var references = [("measure", measure)]
        if let control { references.append(("control", control)) }
        if case .measure(let reference)? = chance { references.append(("chance", reference)) }
        switch criterion {
        case .lessThanMeasure(let reference), .greaterThanMeasure(let reference): references.append(("criterion", reference))
        case .lessThan, .greaterThan, .within: break
        }
        return references.map { (field: $0.0, reference: $0.1) }
    }
}
