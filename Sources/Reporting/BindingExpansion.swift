import Artifacts
import Integrity

/// Writes a claim binding that says `"each": ["row"]` out, once for every row of the workflow's matrix: `${row}` in any of its texts becomes
/// the row's name.
struct BindingExpansion {
    /// The binding as if it had been written for one row.
    struct Written {
        /// Nil for a binding that is not written for each row.
        var row: String?
        var json: JSONValue
        /// Whether the row is among the binding's `except`: nothing is held against a claim there.
        var isExcepted = false
    }

    static func expand(_ json: JSONValue, position: Int, rows: [MatrixRow]) throws(ClaimError) -> [Written] {
        func malformed(_ field: String, _ expected: String) -> ClaimError {
            .malformed(location: "claims[\(position)]", field: field, expected: expected)
        }
        guard var members = json.objectValue, let each = members["each"] else {
            if json["except"] != nil { throw malformed("except", "absent where each is") }
            return [Written(json: json)]
        }
        guard each == ["row"] else { throw malformed("each", "[\"row\"]") }
        guard !rows.isEmpty else { throw malformed("each", "absent in a workflow without a matrix") }
        var exceptions: Set<String> = []
        for element in members["except"]?.arrayValue ?? (members["except"] == nil ? [] : [.null]) {
            guard let name = element.stringValue, rows.contains(where: { $0.name == name }) else {
                throw malformed("except", "an array of rows, which are \(rows.map(\.name).joined(separator: ", "))")
            }
            exceptions.insert(name)
        }
        members["each"] = nil
        members["except"] = nil
        return rows.map { row in
            Written(
                row: row.name, json: .object(members.mapValues { filled($0, row: row.name) }), isExcepted: exceptions.contains(row.name))
        }
    }

    private static func filled(_ value: JSONValue, row: String) -> JSONValue {
        switch value {
        case .string(let text): .string(text.replacing("${row}", with: row))
        case .array(let elements): .array(elements.map { filled($0, row: row) })
        case .object(let members): .object(members.mapValues { filled($0, row: row) })
        default: value
        }
    }
}
