import Integrity

/// A JSON object read field by field, where a field of the wrong form, or one that nobody reads, is refused by name.
struct StrictObject {
    let location: String
    private let members: [String: JSONValue]

    init(_ value: JSONValue, location: String, known: [String]) throws(ClaimError) {
        guard let members = value.objectValue else {
            throw .malformed(location: location, field: "(itself)", expected: "an object")
        }
        self.members = members
        self.location = location
        // The first in order, so that the message does not depend on hashing.
        if let field = members.keys.filter({ !known.contains($0) }).min() {
            throw .unknownField(location: location, field: field, known: known)
        }
    }

    /// The field, or nil where it is absent or null.
    func value(_ field: String) -> JSONValue? {
        guard let value = members[field], !value.isNull else { return nil }
        return value
    }

    func text(_ field: String) throws(ClaimError) -> String {
        guard let text = try optionalText(field) else { throw malformed(field, "a text that is not empty") }
        return text
    }

    func optionalText(_ field: String) throws(ClaimError) -> String? {
        guard let value = value(field) else { return nil }
        guard let text = value.stringValue, text.contains(where: { !$0.isWhitespace }) else {
            throw malformed(field, "a text that is not empty")
        }
        return text
    }

    func optionalNumber(_ field: String) throws(ClaimError) -> Double? {
        guard let value = value(field) else { return nil }
        guard let number = value.numberValue, number.isFinite else { throw malformed(field, "a number") }
        return number
    }

    /// A number that is zero or above.
    func optionalExtent(_ field: String) throws(ClaimError) -> Double? {
        guard let number = try optionalNumber(field) else { return nil }
        guard number >= 0 else { throw malformed(field, "a number of 0 or more") }
        return number
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ field: String, of type: Choice.Type
    ) throws(ClaimError) -> Choice where Choice.RawValue == String {
        guard let choice = try optionalChoice(field, of: type) else { throw malformed(field, Self.oneOf(type)) }
        return choice
    }

    func optionalChoice<Choice: RawRepresentable & CaseIterable>(
        _ field: String, of type: Choice.Type
    ) throws(ClaimError) -> Choice? where Choice.RawValue == String {
        guard let value = value(field) else { return nil }
        guard let choice = value.stringValue.flatMap(Choice.init(rawValue:)) else { throw malformed(field, Self.oneOf(type)) }
        return choice
    }

    func malformed(_ field: String, _ expected: String) -> ClaimError {
        .malformed(location: location, field: field, expected: expected)
    }

    private static func oneOf<Choice: RawRepresentable & CaseIterable>(_: Choice.Type) -> String where Choice.RawValue == String {
        "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", ")
    }
}
