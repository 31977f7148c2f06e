/// Finds markup whose tags do not match, the way text that escaped its place would leave it.
enum TagChecker {
    private static let void: Set<String> = ["meta", "img", "br", "hr", "!DOCTYPE"]

    /// The first problem, or nil. Attributes must be quoted; comments and CDATA are not expected.
    static func problem(in text: String) -> String? {
        var open: [String] = []
        var rest = text[...]
        while let start = rest.firstIndex(of: "<") {
            if rest[..<start].contains(">"), open.last != "style" { return "“>” outside a tag before: \(rest[start...].prefix(60))" }
            var end = rest.index(after: start)
            var quote: Character?
            while end < rest.endIndex, rest[end] != ">" || quote != nil {
                if rest[end] == "\"" { quote = quote == nil ? "\"" : nil }
                if rest[end] == "<" { return "“<” inside a tag: \(rest[start...].prefix(60))" }
                end = rest.index(after: end)
            }
            guard end < rest.endIndex else { return "a tag without end: \(rest[start...].prefix(60))" }
            let tag = rest[rest.index(after: start)..<end]
            let name = String(tag.drop { $0 == "/" }.prefix { !$0.isWhitespace && $0 != "/" })
            if tag.hasPrefix("/") {
                guard open.popLast() == name else { return "</\(name)> closes nothing" }
            } else if !tag.hasSuffix("/"), !void.contains(name) {
                open.append(name)
            }
            rest = rest[rest.index(after: end)...]
        }
        return open.last.map { "<\($0)> is not closed" }
    }
}
