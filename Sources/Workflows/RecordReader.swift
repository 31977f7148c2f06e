import Integrity

/// Reads typed fields from one of our own JSON records, naming the file and the field when something is not as expected.
struct RecordReader {
    let value: JSONValue
    /// The record's file, as the reader of an error would look for it.
    let file: String
    /// Where in the record this value stands, e.g. `steps[2].artifact`; empty at the top.
    let field: String

    init(_ value: JSONValue, file: String, field: String = "") {
        self.value = value
        self.file = file
        self.field = field
    }

    func refusal(_ key: String, expected: String) -> WorkflowError {
        .malformedRecord(file: file, field: key.isEmpty ? field : path(to: key), expected: expected)
    }

    private func path(to key: String) -> String { field.isEmpty ? key : "\(field).\(key)" }

    func child(_ key: String) throws(WorkflowError) -> RecordReader {
        guard let child = value[key] else { throw refusal(key, expected: "a value") }
        return RecordReader(child, file: file, field: path(to: key))
    }

    func optional(_ key: String) -> RecordReader? {
        guard let child = value[key], !child.isNull else { return nil }
        return RecordReader(child, file: file, field: path(to: key))
    }

    func string(_ key: String) throws(WorkflowError) -> String {
        guard let text = value[key]?.stringValue else { throw refusal(key, expected: "a string") }
        return text
    }

    /// A name that is safe in a command, a path and a line of text: letters of ASCII, digits, dots, underscores and hyphens.
    func name(_ key: String) throws(WorkflowError) -> String {
        let text = try string(key)
        guard RecordReader.isName(text) else {
            throw refusal(key, expected: "a name of at most 128 letters, digits, dots, underscores and hyphens")
        }
        return text
    }

    /// Text in one line, without control characters.
    func line(_ key: String) throws(WorkflowError) -> String {
        let text = try string(key)
        guard RecordReader.isLine(text) else { throw refusal(key, expected: "text in one line") }
        return text
    }

    /// An object whose keys are names.
    func namedValues(_ key: String) throws(WorkflowError) -> [String: JSONValue] {
        let values = try object(key)
        guard values.keys.allSatisfy(RecordReader.isName) else { throw refusal(key, expected: "an object whose keys are names") }
        return values
    }

    /// `[A-Za-z0-9_][A-Za-z0-9._-]{0,127}`, by bytes: a plan has tens of thousands of names, and a regular expression takes 80 µs for each.
    static func isName(_ text: String) -> Bool {
        var bytes = text.utf8.makeIterator()
        guard (1...128).contains(text.utf8.count), let first = bytes.next(), isLetterOrDigit(first) || first == UInt8(ascii: "_") else {
            return false
        }
        return IteratorSequence(bytes).allSatisfy {
            isLetterOrDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }

    static func isLine(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy {
            switch $0.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
    }

    func integer(_ key: String) throws(WorkflowError) -> Int {
        guard let number = value[key]?.integerValue else { throw refusal(key, expected: "a whole number") }
        return number
    }

    func number(_ key: String) throws(WorkflowError) -> Double {
        guard let number = value[key]?.numberValue else { throw refusal(key, expected: "a number") }
        return number
    }

    func digest(_ key: String) throws(WorkflowError) -> SHA256Digest {
        guard let text = value[key]?.stringValue, let digest = SHA256Digest(hex: text) else {
            throw refusal(key, expected: "a SHA-256 in 64 lower-case hexadecimal digits")
        }
        return digest
    }

    func object(_ key: String) throws(WorkflowError) -> [String: JSONValue] {
        guard let object = value[key]?.objectValue else { throw refusal(key, expected: "an object") }
        return object
    }

    func strings(_ key: String) throws(WorkflowError) -> [String] {
        guard let array = value[key]?.arrayValue else { throw refusal(key, expected: "an array of strings") }
        var strings: [String] = []
        for element in array {
            guard let text = element.stringValue else { throw refusal(key, expected: "an array of strings") }
            strings.append(text)
        }
        return strings
    }

    /// The elements of an array, each with its place.
    func elements(_ key: String) throws(WorkflowError) -> [RecordReader] {
        guard let array = value[key]?.arrayValue else { throw refusal(key, expected: "an array") }
        return array.enumerated().map { RecordReader($1, file: file, field: "\(path(to: key))[\($0)]") }
    }
}
