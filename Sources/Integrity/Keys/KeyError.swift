/// What can go wrong with keys and the folder that keeps them.
public enum KeyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `source` names the file or, for a text in memory, what it is.
    case malformed(source: String, reason: String)
    case unsupported(source: String)
    case invalidName(String)
    case exists(name: String, path: String)
    case unknown(name: String, folder: String)
    case exposed(path: String, mode: UInt32)
    /// The library refused; `reason` is its own.
    case cryptography(operation: String, reason: String)
    case file(FileError)

    public var description: String {
        switch self {
        case .malformed(let source, let reason): "\(source) is not a key that can be used: \(reason)"
        case .unsupported(let source):
            "\(source) is neither an ECDSA P-256 nor an Ed25519 key (with a named curve and an uncompressed point); other keys are not taken"
        case .invalidName(let name):
            "\"\(name.prefix(80))\" cannot name a key: 1 to 64 of A-Z a-z 0-9 . _ -, without a leading dot or a trailing .pub"
        case .exists(let name, let path): "a key named \(name) already exists (\(path)); choose another name"
        case .unknown(let name, let folder): "there is no key named \(name) in \(folder); reprise keys generate makes one"
        case .exposed(let path, let mode):
            "the private key \(path) can be read by others (mode \(String(mode, radix: 8))); run chmod 600 \(path), and make a new key if others had access"
        case .cryptography(let operation, let reason): "OpenSSL cannot \(operation): \(reason)"
        case .file(let error): error.description
        }
    }
}
