import Integrity

/// A claim held against a run.
public struct ClaimResult: Hashable, Sendable {
    public var claim: Claim
    /// Nil where the workflow measures nothing for the claim.
    public var binding: ClaimBinding?
    public var measured: Double?
    /// Where the measure was made for several seeds, what each gave; ``measured`` is their mean.
    public var measuredSeeds: SeedStatistics?
    /// The same measure on the untrained model.
    public var control: Double?
    /// See ``measuredSeeds``.
    public var controlSeeds: SeedStatistics?
    public var chance: Double?
    public var verdict: Verdict
    public var check: ClaimCheck
    /// One sentence: why this verdict.
    public var reason: String

    public init(
        claim: Claim, binding: ClaimBinding?, measured: Double? = nil, measuredSeeds: SeedStatistics? = nil, control: Double? = nil,
        controlSeeds: SeedStatistics? = nil, chance: Double? = nil, verdict: Verdict, check: ClaimCheck, reason: String
    ) {
        self.claim = claim
        self.binding = binding
        self.measured = measured
        self.measuredSeeds = measuredSeeds
        self.control = control
        self.controlSeeds = controlSeeds
        self.chance = chance
        self.verdict = verdict
        self.check = check
        self.reason = reason
    }

    /// `574.2`, or over several seeds `574.2 ± 1.3 (3)`; nil where nothing was measured.
    package var measuredText: String? { measuredSeeds?.text ?? measured.map(NumberText.measured) }
    /// ``control``, likewise.
    package var controlText: String? { controlSeeds?.text ?? control.map(NumberText.measured) }

    /// The result as the manifest records it. A reported number never stands without its mark. Over several seeds `seeds`, `values`,
    /// `standard_deviation` and `interval` (95 %, Student's t) stand beside `measured`, and those of the control in `untrained_control_seeds`.
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
        if let measuredSeeds { object.merge(measuredSeeds.json) { own, _ in own } }
        if let controlSeeds { object["untrained_control_seeds"] = .object(controlSeeds.json) }
        object["reported"] =
            claim.reported.map { reported in
                .object([
                    "value": .number(reported.value), "uncertainty": number(reported.uncertainty), "mark": .string(claim.mark.rawValue),
                ])
            } ?? .null
        return .object(object)
    }
}
