import Integrity
import Reporting
import Testing

@Suite("Reading claims")
struct ClaimTests {
    private let plain: JSONValue = [
        "id": "a", "statement": "It learns.", "source": "Abstract", "kind": "abstract", "mark": "verbatim",
    ]
    private let table: JSONValue = [
        "id": "t", "statement": "Likelihood", "source": "Table 1", "kind": "table", "table": "Table 1", "row": "VAE", "column": "log p(x)",
        "value": -189, "uncertainty": 0.8, "unit": "nats", "mark": "recalled", "note": "three seeds",
    ]

    private func changing(_ json: JSONValue, _ field: String, to value: JSONValue?) -> JSONValue {
        var json = json
        json[field] = value
        return json
    }

    @Test("takes words alone")
    func words() throws {
        let claim = try Claim(json: plain)
        #expect(claim == Claim(id: "a", statement: "It learns.", source: "Abstract", kind: .abstract, mark: .verbatim))
        #expect(claim.reportedText == nil)
    }

    @Test("takes a number with its spread, unit and place")
    func number() throws {
        let claim = try Claim(json: table)
        #expect(claim.reported == .init(value: -189, uncertainty: 0.8))
        #expect(claim.row == "VAE")
        #expect(claim.note == "three seeds")
    }

    @Test("shows a reported number only with its mark", arguments: ConfidenceMark.allCases)
    func mark(_ mark: ConfidenceMark) throws {
        let claim = try Claim(json: changing(table, "mark", to: .string(mark.rawValue)))
        #expect(claim.reportedText == "−189 ± 0.8 nats (\(mark.rawValue))")
    }

    @Test(
        "names the claim and the field that is wrong",
        arguments: [
            ("id", nil), ("id", 3), ("id", " "), ("statement", nil), ("source", ""), ("kind", "poster"), ("kind", nil), ("mark", "sure"),
            ("mark", nil), ("value", "−189"), ("uncertainty", -1), ("unit", 5), ("row", ["VAE"]),
        ] as [(String, JSONValue?)])
    func malformed(field: String, value: JSONValue?) throws {
        let error = try #require(throws: ClaimError.self) { try Claim(json: changing(table, field, to: value), position: 4) }
        guard case .malformed(let location, field, _) = error else {
            Issue.record("expected field “\(field)” to be refused, got: \(error)")
            return
        }
        #expect(location.contains("t") || location == "claims[4]" || location.contains(" "))
        #expect(error.description.contains(field))
    }

    @Test("refuses an uncertainty without a value, an unknown field, and what is no object")
    func inconsistent() {
        #expect(throws: ClaimError.malformed(location: "claim “t”", field: "uncertainty", expected: "absent where there is no value")) {
            try Claim(json: changing(table, "value", to: nil))
        }
        let error = #expect(throws: ClaimError.self) { try Claim(json: changing(plain, "confidance", to: "R")) }
        #expect(error?.description.contains("confidance") == true)
        #expect(throws: ClaimError.self) { try Claim(json: [1, 2]) }
    }

    @Test("refuses two claims with one id")
    func duplicates() {
        #expect(throws: ClaimError.duplicate(claim: "a")) { try Claim.list(json: [plain, table, plain]) }
        #expect(throws: ClaimError.self) { try Claim.list(json: plain) }
    }
}

@Suite("Reading how a workflow binds claims")
struct ClaimBindingTests {
    private let full: JSONValue = [
        "claim": "a", "measure": "evaluate:trained.gap", "control": "evaluate:untrained.gap", "chance": "evaluate:chance.gap",
        "criterion": ["less_than": 0.2], "beyond_control": "lower", "margin": 0.1, "applies_at": ["paper", "short"],
        "explanation": "Rolling predicts frames.",
    ]

    private func changing(_ field: String, to value: JSONValue?) -> JSONValue {
        var json = full
        json[field] = value
        return json
    }

    @Test("takes every field")
    func everyField() throws {
        let binding = try ClaimBinding(json: full)
        #expect(
            binding
                == ClaimBinding(
                    claim: "a", measure: Sample.reference("evaluate:trained.gap"), control: Sample.reference("evaluate:untrained.gap"),
                    chance: .measure(Sample.reference("evaluate:chance.gap")), criterion: .lessThan(0.2), beyondControl: .lower,
                    margin: 0.1, appliesAt: ["paper", "short"], explanation: "Rolling predicts frames."))
    }

    @Test("takes each criterion")
    func criteria() throws {
        let cases: [(JSONValue, ClaimCriterion)] = [
            (["less_than": -1], .lessThan(-1)), (["greater_than": 2.5], .greaterThan(2.5)), (["within": 0], .within(0)),
            (["less_than_measure": "b:x"], .lessThanMeasure(Sample.reference("b:x"))),
            (["greater_than_measure": "b:x.y"], .greaterThanMeasure(Sample.reference("b:x.y"))),
        ]
        for (json, criterion) in cases {
            #expect(try ClaimBinding(json: changing("criterion", to: json)).criterion == criterion)
        }
    }

    @Test(
        "names the field that is wrong",
        arguments: [
            ("claim", nil), ("measure", "no-colon"), ("measure", ":x"), ("measure", "step:"), ("measure", "step:a..b"), ("control", "x"),
            ("control", nil), ("chance", true), ("chance", "guess"), ("criterion", nil), ("criterion", [:]),
            ("criterion", ["less_than": 1, "greater_than": 0]), ("beyond_control", "better"), ("beyond_control", nil), ("margin", -0.1),
            ("margin", "much"), ("applies_at", nil), ("applies_at", "paper"), ("applies_at", [1]), ("explanation", nil),
        ] as [(String, JSONValue?)])
    func malformed(field: String, value: JSONValue?) throws {
        let error = try #require(throws: ClaimError.self) { try ClaimBinding(json: changing(field, to: value), position: 3) }
        // Taking beyond_control away leaves a margin that nothing reads: that is the field to name.
        let named = field == "beyond_control" && value == nil ? "margin" : field
        guard case .malformed("claims[3]", named, _) = error else {
            Issue.record("expected field “\(named)” of claims[3] to be refused, got: \(error)")
            return
        }
    }

    @Test(
        "names the criterion's own fields",
        arguments: [
            ["less_than": "0.2"], ["within": -1], ["less_than_measure": 4], ["less_than_measure": "nowhere"], ["at_least": 4],
        ] as [JSONValue])
    func malformedCriterion(json: JSONValue) throws {
        let error = try #require(throws: ClaimError.self) { try ClaimBinding(json: changing("criterion", to: json)) }
        #expect(error.description.hasPrefix("claims[0].criterion: "), "\(error)")
    }

    @Test("refuses an unknown field")
    func unknownField() {
        #expect(throws: ClaimError.self) { try ClaimBinding(json: changing("beyond-control", to: "lower")) }
    }
}
