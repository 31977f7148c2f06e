import Artifacts

/// Why no index can be made of a folder, or no site written.
public enum IndexError: ClassifiedError, Hashable {
    case noFolder(path: String)
    case empty(path: String)
    case tooMany(path: String, limit: Int)
    /// A folder that is not a site of ours, which is therefore not replaced.
    case notOurs(path: String, reason: String)
    /// An archive is another than the one that was checked.
    case changed(path: String)
    case failed(action: String, path: String, reason: String)

    public var description: String {
        switch self {
        case .noFolder(let path): "\(path) is no folder: name one that holds submissions (.tar.zst, or unpacked) or runs' records"
        case .empty(let path): "\(path) holds neither submissions (.tar.zst, or unpacked) nor runs' records"
        case .tooMany(let path, let limit): "\(path) holds more than \(limit) entries: divide it"
        case .notOurs(let path, let reason): "\(path) is not replaced, since it is not a site made by reprise index: \(reason)"
        case .changed(let path): "\(path) was changed after it was checked: run the command again"
        case .failed(let action, let path, let reason): "cannot \(action) \(path): \(reason)"
        }
    }

    public var exitClass: ExitClass {
        switch self {
        case .noFolder, .empty, .tooMany, .notOurs: .badInput
        case .changed: .checkFailed
        case .failed: .environment
        }
    }
}
