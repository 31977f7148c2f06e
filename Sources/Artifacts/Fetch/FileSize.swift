/// What is known beforehand of a remote file's size.
public enum FileSize: Hashable, Sendable, CustomStringConvertible {
    /// So many bytes, no more and no less.
    case exactly(Int)
    /// Nobody could say; more than so many bytes is another file, or a stream without end.
    case atMost(Int)

    /// The most bytes that the file may have.
    public var limit: Int {
        switch self {
        case .exactly(let bytes), .atMost(let bytes): bytes
        }
    }

    /// Whether a file of that many bytes may be the one.
    public func admits(_ bytes: Int) -> Bool {
        switch self {
        case .exactly(let expected): bytes == expected
        case .atMost(let limit): bytes > 0 && bytes <= limit
        }
    }

    public var description: String {
        switch self {
        case .exactly(let bytes): "\(bytes) bytes"
        case .atMost(let limit): "at most \(limit) bytes"
        }
    }
}
