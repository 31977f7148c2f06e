import Artifacts
import Integrity

/// What a run measured in a place of the paper's table where the paper reports nothing. It is no claim: nothing is concluded from it, and no
/// record or count of claims holds it.
public struct UnreportedMeasure: Hashable, Sendable {
    public var row: MatrixRow
    /// The table and the column in which other rows of the same binding have their claims.
    public var table: String
    public var column: String
    public var unit: String?
    public var measure: MetricReference
    public var measured: Double?
    /// Where the measure was made for several seeds, what each gave; ``measured`` is their mean.
    public var measuredSeeds: SeedStatistics?
    /// The same measure on the untrained model.
    public var control: Double?
    /// See ``measuredSeeds``.
    public var controlSeeds: SeedStatistics?
    /// Why nothing was measured; nil where something was.
    public var absence: String?

    /// Measures the rows that bindings except and of which the paper claims nothing. Rows without planned steps are left out.
    ///
    /// - Parameters:
    ///   - json: the workflow's `claims` array.
    ///   - metrics: each step's metrics, by the step's name.
    public static func all(
        bindings json: JSONValue, claims: [Claim], metrics: [String: JSONValue], matrix: MatrixSteps
    ) throws(ClaimError) -> [UnreportedMeasure] {
        let measures = RunMeasures(metrics: metrics, matrix: matrix)
        let held = try ClaimBinding.list(json: json, rows: matrix.rows)
        return try ClaimBinding.excepted(json: json, rows: matrix.rows).compactMap { binding -> UnreportedMeasure? in
            guard !claims.contains(where: { $0.id == binding.claim }), matrix.hasReplicates(of: binding.measure),
                let row = matrix.rows.first(where: { $0.name == binding.row })
            else { return nil }
            // The claims of the binding's other rows tell in which column this one stands.
            let siblings = Set(held.filter { $0.position == binding.position }.map(\.claim))
            guard let sibling = claims.first(where: { siblings.contains($0.id) && $0.table != nil && $0.column != nil }),
                let table = sibling.table, let column = sibling.column
            else { return nil }
            return UnreportedMeasure(row: row, table: table, column: column, unit: sibling.unit, binding: binding, measures: measures)
        }
    }

    private init(row: MatrixRow, table: String, column: String, unit: String?, binding: ClaimBinding, measures: RunMeasures) {
        self.row = row
        self.table = table
        self.column = column
        self.unit = unit
        measure = binding.measure
        switch measures.resolve(binding.measure) {
        case .number(let number): measured = number
        case .replicates(let statistics): (measured, measuredSeeds) = (statistics.mean, statistics)
        case .missing(let reason), .leftOut(let reason): absence = reason
        }
        guard let reference = binding.control else { return }
        switch measures.resolve(reference) {
        case .number(let number): control = number
        case .replicates(let statistics): (control, controlSeeds) = (statistics.mean, statistics)
        case .missing, .leftOut: break
        }
    }

    /// As a claim's result is written, with null for what only claims have.
    var json: JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        var object: [String: JSONValue] = [
            "claim": .null, "reported": .null, "mark": .null, "verdict": .null, "check": .string(ClaimCheck.notApplicable.rawValue),
            "unit": text(unit), "measure": .string(measure.description), "measured": number(measured), "untrained_control": number(control),
            "reason": text(absence),
        ]
        if let measuredSeeds { object.merge(measuredSeeds.json) { own, _ in own } }
        if let controlSeeds { object["untrained_control_seeds"] = .object(controlSeeds.json) }
        return .object(object)
    }
}
