import Integrity

/// Writes events as MLPerf log lines: `:::MLLOG ` and a JSON object on one line. The format is theirs; no compliance is claimed.
public enum MLLOGWriter {
    public static let largestDepth = 16

    /// All events, a line each, in the order given.
    public static func text(_ events: [MLLOGEvent]) throws(MLLOGError) -> String {
        var text = ""
        for event in events { text += try line(event) + "\n" }
        return text
    }

    /// One event, without its line's end.
    public static func line(_ event: MLLOGEvent) throws(MLLOGError) -> String {
        let key = event.key
        guard let first = key.utf8.first, isLetter(first), key.utf8.allSatisfy({ isLetter($0) || isOther($0) }) else { throw .key(key) }
        guard event.timeMilliseconds >= 0 else { throw .time(key: key, milliseconds: event.timeMilliseconds) }
        let fields = [
            #""namespace": \#(quoted(event.namespace))"#,
            #""time_ms": \#(event.timeMilliseconds)"#,
            #""event_type": \#(quoted(event.kind.rawValue))"#,
            #""key": \#(quoted(key))"#,
            #""value": \#(try json(event.value, key: key, depth: 0))"#,
            #""metadata": \#(try json(.object(event.metadata), key: key, depth: 0))"#,
        ]
        return ":::MLLOG {" + fields.joined(separator: ", ") + "}"
    }

    private static func json(_ value: MLLOGValue, key: String, depth: Int) throws(MLLOGError) -> String {
        guard depth < largestDepth else { throw .depth(key: key) }
        switch value {
        case .null: return "null"
        case .boolean(let flag): return flag ? "true" : "false"
        case .integer(let integer): return "\(integer)"
        case .number(let number):
            guard number.isFinite else { throw .notFinite(key: key) }
            // Swift writes 3.0 for three: a reader sees a number, not an integer.
            return "\(number)"
        case .text(let text): return quoted(text)
        case .list(let elements):
            var parts: [String] = []
            for element in elements { parts.append(try json(element, key: key, depth: depth + 1)) }
            return "[" + parts.joined(separator: ", ") + "]"
        case .object(let members):
            var parts: [String] = []
            for (name, member) in members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                parts.append(quoted(name) + ": " + (try json(member, key: key, depth: depth + 1)))
            }
            return "{" + parts.joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).canonicalBytes(), as: UTF8.self)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isOther(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || [UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-")].contains(byte)
    }
}
