/// What can go wrong with a data file. Every description says what, where and what to do, in one or two lines.
public enum DatasetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The operating system or libarchive could not read the file.
    case unreadable(path: String, reason: String)
    /// The file could not be written; nothing is left under its name.
    case unwritable(path: String, reason: String)
    /// The contents would exceed the bound that the caller set.
    case tooLarge(path: String, limit: Int)
    /// The file ends before the size that its own header declares.
    case truncated(path: String, expected: Int, actual: Int)
    /// The bytes are not what the format prescribes.
    case malformed(path: String, reason: String)
    /// The bytes are well-formed but of a kind that is not read here.
    case unsupported(path: String, reason: String)
    /// The archive has no entry of that name.
    case missingEntry(path: String, name: String)
    /// A parameter is outside its domain.
    case invalidParameter(name: String, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "cannot read \(path): \(reason)"
        case .unwritable(let path, let reason):
            "cannot write \(path): \(reason); nothing was left under that name"
        case .tooLarge(let path, let limit):
            "\(path) holds more than the \(limit) bytes allowed for it; it is not the expected file, fetch it again"
        case .truncated(let path, let expected, let actual):
            "\(path) is truncated: its header declares \(expected) bytes, \(actual) are there; fetch it again"
        case .malformed(let path, let reason):
            "\(path) is malformed: \(reason); fetch it again or check what wrote it"
        case .unsupported(let path, let reason):
            "\(path) cannot be used: \(reason)"
        case .missingEntry(let path, let name):
            "\(path) has no entry \(name)"
        case .invalidParameter(let name, let reason):
            "parameter \(name): \(reason)"
        }
    }
}
