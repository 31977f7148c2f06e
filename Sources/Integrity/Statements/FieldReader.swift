/// Reads an object's fields one after the other and at the end refuses those that nobody asked for.
package struct FieldReader {
    private let path: String
    private var members: [String: JSONValue]

    /// `path` leads to the object, for messages; empty for the outermost one.
    package init(_ value: JSONValue, at path: String) throws(StatementError) {
        guard case .object(let members) = value else { throw StatementError(field: path, reason: "an object is expected") }
        self.path = path
        self.members = members
    }

    package func path(to key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    package func failure(_ key: String, _ reason: String) -> StatementError { StatementError(field: path(to: key), reason: reason) }

    /// The field's value, taken out; nil when it is absent.
    package mutating func optional(_ key: String) -> JSONValue? { members.removeValue(forKey: key) }

    package mutating func required(_ key: String) throws(StatementError) -> JSONValue {
        guard let value = optional(key) else { throw failure(key, "this field is missing") }
        return value
    }

    package mutating func string(_ key: String) throws(StatementError) -> String {
        guard let text = try required(key).stringValue else { throw failure(key, "a string is expected") }
        return text
    }

    package mutating func optionalString(_ key: String) throws(StatementError) -> String? {
        guard members[key] != nil else { return nil }
        return try string(key)
    }

    package mutating func array(_ key: String) throws(StatementError) -> [JSONValue] {
        guard let elements = try required(key).arrayValue else { throw failure(key, "an array is expected") }
        return elements
    }

    /// An absent array counts as an empty one.
    package mutating func optionalArray(_ key: String) throws(StatementError) -> [JSONValue] {
        guard members[key] != nil else { return [] }
        return try array(key)
    }

    package mutating func object(_ key: String) throws(StatementError) -> [String: JSONValue] {
        guard let object = try required(key).objectValue else { throw failure(key, "an object is expected") }
        return object
    }

    /// An absent object counts as an empty one.
    package mutating func optionalObject(_ key: String) throws(StatementError) -> [String: JSONValue] {
        guard members[key] != nil else { return [:] }
        return try object(key)
    }

    /// A field that holds an object with fields of its own.
    package mutating func fields(_ key: String) throws(StatementError) -> FieldReader {
        try FieldReader(try required(key), at: path(to: key))
    }

    /// An array of strings; an absent one counts as empty.
    package mutating func optionalStrings(_ key: String) throws(StatementError) -> [String] {
        let elements = try optionalArray(key)
        let strings = elements.compactMap(\.stringValue)
        guard strings.count == elements.count else { throw failure(key, "an array of strings is expected") }
        return strings
    }

    /// All fields not taken yet.
    package mutating func remaining() -> [String: JSONValue] {
        defer { members = [:] }
        return members
    }

    /// Refuses the record when a field is left.
    package func finish() throws(StatementError) {
        if let unknown = members.keys.min() { throw failure(unknown, "this field is not known here") }
    }
}
