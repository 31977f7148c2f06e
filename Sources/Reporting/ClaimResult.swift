import Integrity

/// A claim held against a run.
public struct ClaimResult: Hashable, Sendable {
    public var claim: Claim
    /// Nil where the workflow measures nothing for the claim.
    public var binding: ClaimBinding?
    public var measured: Double?
    /// The same measure on the untrained model.
    public var control: Double?
    public var chance: Double?
    public var verdict: Verdict
    public var check: ClaimCheck
    /// One sentence: why this verdict.
    public var reason: String

    public init(
        claim: Claim, binding: ClaimBinding?, measured: Double? = nil, control: Double? = nil, chance: Double? = nil, verdict: Verdict,
        check: ClaimCheck, reason: String
    ) {
        self.claim = claim
        self.binding = binding
        self.measured = measured
        self.control = control
        self.chance = chance
        self.verdict = verdict
        self.check = check
        self.reason = reason
    }

    /// The result as the manifest records it. A reported number never stands without its mark.
    public var json: JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        var object: [String: JSONValue] = [
            "claim": .string(claim.id),
            "statement": .string(claim.statement),
            "source": .string(claim.source),
            "kind": .string(claim.kind.rawValue),
            "mark": .string(claim.mark.rawValue),
            "unit": text(claim.unit),
            "measure": text(binding?.measure.description),
            "measured": number(measured),
            "untrained_control": number(control),
            "chance": number(chance),
            "verdict": .string(verdict.rawValue),
            "check": .string(check.rawValue),
            "reason": .string(reason),
        ]
        object["reported"] =
            claim.reported.map { reported in
                .object([
                    "value": .number(reported.value), "uncertainty": number(reported.uncertainty), "mark": .string(claim.mark.rawValue),
                ])
            } ?? .null
        return .object(object)
    }
}
