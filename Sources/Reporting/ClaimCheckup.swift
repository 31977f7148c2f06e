import Artifacts
import Integrity
import Workflows

/// Whether a workflow's claim bindings can be evaluated: asked when a run is planned, since nobody wants to hear of a typing error after
/// hours of training.
public enum ClaimCheckup {
    /// - Parameter variations: the names of the workflow's variations.
    /// - Throws: ``ClaimError`` for the first binding that cannot work.
    public static func check(_ plan: Plan, variations: Set<String>) throws(ClaimError) {
        let matrix = MatrixSteps(plan)
        let bindings = try ClaimBinding.list(json: plan.bindings, rows: matrix.rows)
        _ = try ClaimBinding.excepted(json: plan.bindings, rows: matrix.rows)
        let claims = try Claim.list(json: plan.claims)
        // Without metrics nothing is measured, but names, forms and criteria are all looked at.
        _ = try ClaimEvaluator.evaluate(
            claims: claims, bindings: bindings, metrics: [:], matrix: matrix, scale: .reduced, variation: plan.variation)
        try check(plan.tables, claims: claims)
        for binding in bindings {
            let location = binding.location
            for (field, reference) in binding.references {
                if let expected = problem(with: reference, steps: plan.steps, matrix: matrix) {
                    throw .malformed(location: location, field: field, expected: expected + ", not “\(reference)”")
                }
            }
            for variation in binding.appliesAt.sorted() where !variations.contains(variation) {
                throw .malformed(
                    location: location, field: "applies_at",
                    expected: "some of the workflow's variations (\(variations.sorted().joined(separator: ", "))), not “\(variation)”")
            }
        }
    }

    /// What a reference should be; nil where it names what the workflow has.
    private static func problem(with reference: MetricReference, steps: [PlannedStep], matrix: MatrixSteps) -> String? {
        guard let row = reference.row else {
            if let step = steps.first(where: { $0.name == reference.step }) {
                guard let place = step.place else { return nil }
                // One replicate's number would pass for the row's.
                return "of the form step/row:metric.path, \(place.group)/\(place.row) for all replicates of the row"
            }
            // The replicates' own names are many and nobody's to write down.
            let named = matrix.groups.isEmpty ? Set(steps.map(\.name)) : matrix.groups
            let form = matrix.groups.isEmpty ? "step:metric.path" : "step:metric.path or, for all replicates of a row, step/row:metric.path"
            return "of the form \(form) with one of the workflow's steps (\(named.sorted().joined(separator: ", ")))"
        }
        guard matrix.groups.contains(reference.step) else {
            let known = matrix.groups.isEmpty ? "there is none" : matrix.groups.sorted().joined(separator: ", ")
            return "of the form step/row:metric.path with a step that is planned for each row (\(known))"
        }
        if matrix.rows.contains(where: { $0.name == row }) { return nil }
        return "of the form step/row:metric.path with a row of the matrix (\(matrix.rows.map(\.name).joined(separator: ", ")))"
    }

    private static func check(_ tables: [TableReference], claims: [Claim]) throws(ClaimError) {
        let known = Set(claims.compactMap(\.table))
        for (position, table) in tables.enumerated() where !known.contains(table.table) {
            throw .malformed(
                location: "tables[\(position)]", field: "table",
                expected: "a table of the paper's claims (\(known.sorted().joined(separator: ", "))), not “\(table.table)”")
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
