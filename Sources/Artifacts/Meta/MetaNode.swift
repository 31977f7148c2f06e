import Integrity

/// A place in a meta.json while it is being read: knows its path, and notes what is wrong there rather than stopping at the first mistake.
/// A reading that fails gives nil or nothing; whether it all was right is decided at the end by ``Report/problems``.
struct MetaNode {
    /// Where problems are collected.
    final class Report {
        var problems: [MetaProblem] = []
        /// Noting stops here: a file of a million mistakes has been understood long before.
        static let limit = 1000
    }

    let path: String
    /// Nil where the file has nothing at this path.
    let value: JSONValue?
    let report: Report

    var isAbsent: Bool { value == nil }

    func problem(_ expected: String, found: String? = nil) {
        guard report.problems.count < Report.limit else { return }
        report.problems.append(
            MetaProblem(
                field: path.isEmpty ? "(file)" : path, expected: MetaNode.plain(expected),
                found: MetaNode.plain(found ?? MetaNode.show(value))))
    }

    subscript(key: String) -> MetaNode {
        MetaNode(path: path.isEmpty ? MetaNode.show(key: key) : "\(path).\(MetaNode.show(key: key))", value: value?[key], report: report)
    }

    // MARK: - Simple values

    /// A string that fulfils a condition.
    func text(_ expected: String = "a text that is not empty", where isRight: (String) -> Bool = { !$0.isEmpty }) -> String? {
        guard let text = value?.stringValue, text.utf8.count <= 65536, isRight(text) else {
            problem(expected)
            return nil
        }
        return text
    }

    func optionalText(_ expected: String = "a text that is not empty", where isRight: (String) -> Bool = { !$0.isEmpty }) -> String? {
        isAbsent ? nil : text(expected, where: isRight)
    }

    func integer(_ expected: String, in range: ClosedRange<Int>) -> Int? {
        guard let integer = value?.integerValue, range.contains(integer) else {
            problem(expected)
            return nil
        }
        return integer
    }

    func optionalNumber() -> Double? {
        if isAbsent { return nil }
        guard let number = value?.numberValue else {
            problem("a number")
            return nil
        }
        return number
    }

    func optionalBool() -> Bool? {
        if isAbsent { return nil }
        guard let flag = value?.boolValue else {
            problem("true or false")
            return nil
        }
        return flag
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_: Choice.Type) -> Choice? where Choice.RawValue == String {
        if let text = value?.stringValue, let choice = Choice(rawValue: text) { return choice }
        problem("one of " + Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
        return nil
    }

    // MARK: - Arrays and objects

    /// The elements of an array; nothing (and a problem noted) where there is none.
    func elements(_ expected: String = "an array", atLeast minimum: Int = 0) -> [MetaNode] {
        guard let array = value?.arrayValue, array.count >= minimum else {
            problem(expected)
            return []
        }
        return array.enumerated().map { MetaNode(path: "\(path)[\($0.offset)]", value: $0.element, report: report) }
    }

    func optionalElements(_ expected: String = "an array") -> [MetaNode] { isAbsent ? [] : elements(expected) }

    /// The members of an object, sorted by key.
    func members(_ expected: String = "an object") -> [(key: String, node: MetaNode)] {
        guard let object = value?.objectValue else {
            problem(expected)
            return []
        }
        return object.keys.sorted().map { ($0, self[$0]) }
    }

    func optionalMembers(_ expected: String = "an object") -> [(key: String, node: MetaNode)] { isAbsent ? [] : members(expected) }

    /// Members whose keys name something: keys of another form are noted.
    func named<Value>(_ read: (MetaNode) -> Value?) -> [String: Value] {
        var result: [String: Value] = [:]
        for (key, node) in optionalMembers() {
            if !ArtifactMeta.isName(key) {
                node.problem("a name of letters, digits and ._- that begins with a letter or digit", found: "\"\(key)\"")
            }
            if let value = read(node) { result[key] = value }
        }
        return result
    }

    /// Notes members other than those known, except those that begin with `x-`. False where this is no object at all.
    @discardableResult
    func refuseUnknown(_ known: [String]) -> Bool {
        guard let object = value?.objectValue else {
            problem("an object")
            return false
        }
        for key in object.keys.sorted() where !known.contains(key) && !key.hasPrefix("x-") {
            self[key].problem("no such field\(Suggestions.hint(key, among: known))", found: MetaNode.show(object[key]))
        }
        return true
    }

    /// Notes values that stand there twice.
    static func refuseDuplicates(_ values: [(String?, MetaNode)], _ what: String) {
        var seen: Set<String> = []
        for case (let value?, let node) in values where !seen.insert(value).inserted {
            node.problem("\(what) to be unique", found: "\"\(value)\" again")
        }
    }

    // MARK: - Showing

    static func show(_ value: JSONValue?) -> String {
        switch value {
        case nil: return "nothing"
        case .object(let members): return members.isEmpty ? "an empty object" : "an object"
        case .array(let elements): return elements.isEmpty ? "an empty array" : "an array"
        case .some(let value):
            let text = String(decoding: value.canonicalBytes(), as: UTF8.self)
            return text.count <= 60 ? text : text.prefix(57) + "…"
        }
    }

    /// A key as part of a path.
    private static func show(key: String) -> String {
        let text = plain(String(key.prefix(64)))
        return text.contains(".") || text.isEmpty ? "\"\(text)\"" : text
    }

    /// A text without control characters: no name in a file can make a message look like two, or drive a terminal.
    private static func plain(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { [.control, .format].contains($0.properties.generalCategory) ? "\u{FFFD}" : $0 }))
    }
}
