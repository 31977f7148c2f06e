import Foundation

/// What can go wrong with one file, in words that say what to do.
public enum FileError: Error, Hashable, Sendable, CustomStringConvertible {
    case missing(path: String)
    case notRegular(path: String)
    /// The file holds `size` bytes, as far as was read, and at most `limit` are taken.
    case tooLarge(path: String, size: Int, limit: Int)
    case unreadable(path: String, reason: String)
    /// A file that must not be replaced is already there.
    case exists(path: String)
    case noSpace(path: String)
    case notWritable(path: String, reason: String)
    case writeFailed(path: String, reason: String)

    public var description: String {
        switch self {
        case .missing(let path): "there is no file \(path)"
        case .notRegular(let path): "\(path) is not a regular file"
        case .tooLarge(let path, let size, let limit): "\(path) holds \(size) bytes or more; at most \(limit) are read"
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .exists(let path): "\(path) already exists and is not replaced"
        case .noSpace(let path): "no space left on the disk of \(path): free some, or set REPRISE_HOME to a folder on another disk"
        case .notWritable(let path, let reason):
            "\(path) is not writable (\(reason)): change its permissions, or set REPRISE_HOME to a folder that is"
        case .writeFailed(let path, let reason): "cannot write \(path): \(reason)"
        }
    }

    /// The refusal that fits an `errno` left by writing to `path`.
    package static func writing(_ path: String, errno code: Int32) -> FileError {
        let reason = String(cString: strerror(code))
        return switch code {
        case ENOSPC, EDQUOT: .noSpace(path: path)
        case EROFS: .notWritable(path: path, reason: "the file system is read-only")
        case EACCES, EPERM: .notWritable(path: path, reason: "permission denied")
        case EEXIST: .exists(path: path)
        default: .writeFailed(path: path, reason: reason)
        }
    }
}
