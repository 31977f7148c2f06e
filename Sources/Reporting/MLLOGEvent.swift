/// What an MLPerf log line may hold as its value or in its metadata. Integers stay integers and numbers stay numbers: rule checkers tell them apart.
public indirect enum MLLOGValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    /// Must be finite.
    case number(Double)
    case text(String)
    case list([MLLOGValue])
    case object([String: MLLOGValue])
}

/// One event of a run, as MLPerf's logging specification names its fields.
public struct MLLOGEvent: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case pointInTime = "POINT_IN_TIME"
        case intervalStart = "INTERVAL_START"
        case intervalEnd = "INTERVAL_END"
    }

    /// Empty in MLPerf's own logs.
    public var namespace: String
    /// Milliseconds since 1970-01-01 UTC; 0 or above.
    public var timeMilliseconds: Int
    public var kind: Kind
    /// Lower-case ASCII letters, digits, `_`, `.` and `-`, beginning with a letter.
    public var key: String
    public var value: MLLOGValue
    /// MLPerf's own writers put a source file and line here; these lines carry what describes the event, such as `epoch_num`.
    public var metadata: [String: MLLOGValue]

    public init(
        namespace: String = "", timeMilliseconds: Int, kind: Kind, key: String, value: MLLOGValue = .null,
        metadata: [String: MLLOGValue] = [:]
    ) {
        self.namespace = namespace
        self.timeMilliseconds = timeMilliseconds
        self.kind = kind
        self.key = key
        self.value = value
        self.metadata = metadata
    }
}

/// What an event may not hold.
public enum MLLOGError: Error, Hashable, Sendable, CustomStringConvertible {
    case key(String)
    case time(key: String, milliseconds: Int)
    case notFinite(key: String)
    /// The lists and objects of an event nest deeper than ``MLLOGWriter/largestDepth``.
    case depth(key: String)

    public var description: String {
        switch self {
        case .key(let key):
            "log key “\(key)” is refused: use lower-case letters, digits, “_”, “.” and “-”, beginning with a letter"
        case .time(let key, let milliseconds):
            "log event “\(key)” has time \(milliseconds) ms: give milliseconds since 1970, 0 or above"
        case .notFinite(let key):
            "log event “\(key)” holds a number that is not finite: log null in its place"
        case .depth(let key):
            "log event “\(key)” nests deeper than \(MLLOGWriter.largestDepth): flatten it"
        }
    }
}
