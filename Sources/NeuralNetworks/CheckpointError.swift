/// Why a checkpoint or a weights file cannot be used.
public enum CheckpointError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file belongs to another training or model.
    case different(path: String, what: String, found: String, expected: String)
    /// A required entry is missing or unreadable.
    case incomplete(path: String, what: String)

    public var description: String {
        switch self {
        case .different(let path, let what, let found, let expected):
            "\(path) belongs to another training: its \(what) is \"\(found)\", this one's \"\(expected)\""
        case .incomplete(let path, let what): "\(path) is no checkpoint: \(what) is missing or not what it should be"
        }
    }
}
