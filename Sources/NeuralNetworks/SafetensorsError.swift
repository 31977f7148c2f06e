/// What can go wrong with a safetensors file. Every description says what, where and why.
public enum SafetensorsError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    case unwritable(path: String, reason: String)
    /// The file is no safetensors file, or is cut short, or its header contradicts itself.
    case malformed(path: String, reason: String)
    case missingTensor(path: String, name: String)
    case wrongTensor(path: String, name: String, expected: String, found: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .unwritable(let path, let reason): "cannot write \(path): \(reason)"
        case .malformed(let path, let reason): "\(path) is not a valid safetensors file: \(reason)"
        case .missingTensor(let path, let name): "\(path) has no tensor \"\(name)\""
        case .wrongTensor(let path, let name, let expected, let found): "\(path): tensor \"\(name)\" is \(found), expected \(expected)"
        }
    }
}
