import Integrity

/// One thing that a paper says and that a run can be held against.
public struct Claim: Hashable, Sendable {
    /// Where the paper says it.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case abstract, table, figure
    }

    /// The number that the paper reports.
    public struct ReportedValue: Hashable, Sendable {
        public var value: Double
        /// The spread the paper gives, such as a standard deviation over seeds.
        public var uncertainty: Double?

        public init(value: Double, uncertainty: Double? = nil) {
            self.value = value
            self.uncertainty = uncertainty
        }
    }

    /// What confirmed the claim: a PDF of the paper, and the page on which it says so.
    public struct Confirmation: Hashable, Sendable {
        public var sha256: SHA256Digest
        /// Counted from 1.
        public var page: Int

        public init(sha256: SHA256Digest, page: Int) {
            self.sha256 = sha256
            self.page = page
        }

        /// As a claim's `confirmed_by`.
        public var json: JSONValue { ["sha256": .string(sha256.hex), "page": .number(Double(page))] }
    }

    public var id: String
    public var statement: String
    /// The paper's own words, where the statement is in ours.
    public var quote: String?
    public var source: String
    public var kind: Kind
    public var table: String?
    public var row: String?
    public var column: String?
    public var reported: ReportedValue?
    public var unit: String?
    public var mark: ConfidenceMark
    public var note: String?
    public var confirmation: Confirmation?

    public init(
        id: String, statement: String, source: String, kind: Kind, table: String? = nil, row: String? = nil, column: String? = nil,
        reported: ReportedValue? = nil, unit: String? = nil, mark: ConfidenceMark, note: String? = nil, quote: String? = nil,
        confirmation: Confirmation? = nil
    ) {
        self.id = id
        self.statement = statement
        self.source = source
        self.kind = kind
        self.table = table
        self.row = row
        self.column = column
        self.reported = reported
        self.unit = unit
        self.mark = mark
        self.note = note
        self.quote = quote
        self.confirmation = confirmation
    }

    /// Reads one claim of a paper's `claims` array.
    ///
    /// - Parameter position: the claim's place in the array, named when the claim has no usable id.
    public init(json: JSONValue, position: Int = 0) throws(ClaimError) {
        let location = json["id"]?.stringValue.map { "claim “\($0)”" } ?? "claims[\(position)]"
        let object = try StrictObject(
            json, location: location,
            known: [
                "id", "statement", "source", "kind", "table", "row", "column", "value", "uncertainty", "unit", "mark", "note", "quote",
                "confirmed_by",
            ])
        id = try object.text("id")
        statement = try object.text("statement")
        source = try object.text("source")
        kind = try object.choice("kind", of: Kind.self)
        table = try object.optionalText("table")
        row = try object.optionalText("row")
        column = try object.optionalText("column")
        unit = try object.optionalText("unit")
        mark = try object.choice("mark", of: ConfidenceMark.self)
        note = try object.optionalText("note")
        quote = try object.optionalText("quote")
        if let confirmation = object.value("confirmed_by") {
            guard let sha256 = confirmation["sha256"]?.stringValue.flatMap(SHA256Digest.init(hex:)),
                let page = confirmation["page"]?.integerValue, page > 0
            else { throw object.malformed("confirmed_by", "an object with a PDF's sha256 and a page") }
            self.confirmation = Confirmation(sha256: sha256, page: page)
        } else {
            confirmation = nil
        }
        let uncertainty = try object.optionalExtent("uncertainty")
        if let value = try object.optionalNumber("value") {
            reported = ReportedValue(value: value, uncertainty: uncertainty)
        } else if uncertainty != nil {
            throw object.malformed("uncertainty", "absent where there is no value")
        } else {
            reported = nil
        }
    }

    /// Reads a paper's `claims` array; ids must be unique.
    public static func list(json: JSONValue) throws(ClaimError) -> [Claim] {
        guard let elements = json.arrayValue else { throw .malformed(location: "claims", field: "(itself)", expected: "an array") }
        var claims: [Claim] = []
        var seen: Set<String> = []
        for (position, element) in elements.enumerated() {
            let claim = try Claim(json: element, position: position)
            guard seen.insert(claim.id).inserted else { throw .duplicate(claim: claim.id) }
            claims.append(claim)
        }
        return claims
    }

    /// The reported number without its mark, for a page that shows the mark beside it: `−186.8 ± 0.1 nats`. Nil where the claim is words alone.
    package var reportedNumber: String? {
        guard let reported else { return nil }
        let spread = reported.uncertainty.map { " ± " + NumberText.exact($0) } ?? ""
        return NumberText.exact(reported.value) + spread + (unit.map { " " + $0 } ?? "")
    }

    /// The reported number with its mark: `−186.8 ± 0.1 nats (recalled)`. Nil where the claim is words alone.
    public var reportedText: String? {
        reportedNumber.map { "\($0) (\(mark.rawValue))" }
    }
}
