import Artifacts
import Integrity

/// How a workflow holds one claim against one of its measures.
public struct ClaimBinding: Hashable, Sendable {
    /// The side of the control on which a trained model must end.
    public enum Direction: String, Hashable, Sendable, CaseIterable {
        case lower, higher
    }

    /// What guessing gives: a known number, or one that a step measures.
    public enum Chance: Hashable, Sendable {
        case number(Double)
        case measure(MetricReference)
    }

    /// The id of the claim.
    public var claim: String
    public var measure: MetricReference
    /// The same measure on the untrained model.
    public var control: MetricReference?
    /// Shown beside the measure. It decides nothing: the control, which shares the model's structure, is the stricter of the two.
    public var chance: Chance?
    public var criterion: ClaimCriterion
    /// Set for a claim of learning: it counts only where training moved the measure this way beyond the control.
    public var beyondControl: Direction?
    /// How far beyond the control at least, in the measure's own unit.
    public var margin: Double
    /// The variations at which the criterion decides. At any other the values are shown and nothing is concluded.
    public var appliesAt: Set<String>
    /// What the criterion means, in plain words.
    public var explanation: String
    /// The binding's place in the workflow's `claims`, for errors.
    public var position: Int
    /// The row of the matrix for which a binding that holds for each row was written out.
    public var row: String?

    public init(
        claim: String, measure: MetricReference, control: MetricReference? = nil, chance: Chance? = nil, criterion: ClaimCriterion,
        beyondControl: Direction? = nil, margin: Double = 0, appliesAt: Set<String>, explanation: String, position: Int = 0,
        row: String? = nil
    ) {
        self.claim = claim
        self.measure = measure
        self.control = control
        self.chance = chance
        self.criterion = criterion
        self.beyondControl = beyondControl
        self.margin = margin
        self.appliesAt = appliesAt
        self.explanation = explanation
        self.position = position
        self.row = row
    }

    /// What errors call the binding.
    var location: String { ClaimBinding.location(position: position, row: row) }

    private static func location(position: Int, row: String?) -> String { "claims[\(position)]" + (row.map { " for row “\($0)”" } ?? "") }

    /// Reads one element of a workflow's `claims` array.
    ///
    /// - Parameters:
    ///   - position: the element's place in the array, named in errors.
    ///   - row: the row that the element was written out for.
    public init(json: JSONValue, position: Int = 0, row: String? = nil) throws(ClaimError) {
        let location = ClaimBinding.location(position: position, row: row)
        let object = try StrictObject(
            json, location: location,
            known: ["claim", "measure", "control", "chance", "criterion", "beyond_control", "margin", "applies_at", "explanation"])
        func reference(_ field: String, _ text: String) throws(ClaimError) -> MetricReference {
            guard let reference = MetricReference(text) else {
                throw object.malformed(field, "of the form step:metric.path or step/row:metric.path")
            }
            return reference
        }
        claim = try object.text("claim")
        measure = try reference("measure", object.text("measure"))
        control = nil
        if let text = try object.optionalText("control") { control = try reference("control", text) }
        switch object.value("chance") {
        case nil: chance = nil
        case .string(let text)?: chance = .measure(try reference("chance", text))
        case .number(let number)? where number.isFinite: chance = .number(number)
        default: throw object.malformed("chance", "a number or of the form step:metric.path")
        }
        guard let criterion = object.value("criterion") else { throw object.malformed("criterion", "an object") }
        self.criterion = try ClaimCriterion(json: criterion, location: location)
        beyondControl = try object.optionalChoice("beyond_control", of: Direction.self)
        if beyondControl != nil, control == nil {
            throw object.malformed("control", "given where beyond_control is")
        }
        let margin = try object.optionalExtent("margin")
        if margin != nil, beyondControl == nil {
            throw object.malformed("margin", "absent where beyond_control is")
        }
        self.margin = margin ?? 0
        var variations: Set<String> = []
        guard let elements = object.value("applies_at")?.arrayValue else {
            throw object.malformed("applies_at", "an array of variations' names (it may be empty)")
        }
        for element in elements {
            guard let name = element.stringValue, !name.isEmpty else {
                throw object.malformed("applies_at", "an array of variations' names (it may be empty)")
            }
            variations.insert(name)
        }
        appliesAt = variations
        explanation = try object.text("explanation")
        self.position = position
        self.row = row
    }

    /// Reads a workflow's `claims` array.
    ///
    /// - Parameter rows: of the workflow's matrix, for the bindings that hold for each of them.
    public static func list(json: JSONValue, rows: [MatrixRow] = []) throws(ClaimError) -> [ClaimBinding] {
        try list(json: json, rows: rows, isExcepted: false)
    }

    /// The bindings for each row as they would be for the rows that they except.
    static func excepted(json: JSONValue, rows: [MatrixRow]) throws(ClaimError) -> [ClaimBinding] {
        try list(json: json, rows: rows, isExcepted: true)
    }

    private static func list(json: JSONValue, rows: [MatrixRow], isExcepted: Bool) throws(ClaimError) -> [ClaimBinding] {
        guard let elements = json.arrayValue else { throw .malformed(location: "claims", field: "(itself)", expected: "an array") }
        var bindings: [ClaimBinding] = []
        for (position, element) in elements.enumerated() {
            for written in try BindingExpansion.expand(element, position: position, rows: rows) where written.isExcepted == isExcepted {
                bindings.append(try ClaimBinding(json: written.json, position: position, row: written.row))
            }
        }
        return bindings
    }
}
