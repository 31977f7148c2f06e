/// What can go wrong with digests, keys, signatures and signed records. Every description says what, where and what to do.
public enum IntegrityError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file could not be read.
    case unreadable(path: String, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        }
    }
}
