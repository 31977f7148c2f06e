import Foundation
import Integrity

/// What can go wrong in the content-addressed store.
public enum StoreError: ClassifiedError, Hashable {
    /// The file system that holds `path` is full, or the quota is used up.
    case noSpace(path: String)
    /// `path` cannot be written: the file system is read-only or permission is missing.
    case notWritable(path: String, reason: String)
    /// Another operation of the system failed.
    case systemFailure(operation: String, path: String, reason: String)
    /// A file to read from is missing, unreadable or not a regular file.
    case unreadable(path: String, reason: String)
    /// Bytes handed in do not have the digest that was promised; nothing was kept.
    case digestMismatch(expected: SHA256Digest, found: SHA256Digest)
    /// Bytes handed in do not have the size that was promised; nothing was kept.
    case sizeMismatch(expected: Int, found: Int)
    /// The store has no such object.
    case missing(SHA256Digest, store: String)
    /// An object's bytes changed after they were stored; it was moved to `quarantine` (nil where even that failed) and is no longer served.
    case corrupted(SHA256Digest, quarantine: String?)

    public var exitClass: ExitClass {
        switch self {
        case .noSpace, .notWritable, .systemFailure, .missing: .environment
        case .unreadable: .badInput
        case .digestMismatch, .sizeMismatch, .corrupted: .checkFailed
        }
    }

    public var description: String {
        switch self {
        case .noSpace(let path): "no space left for \(path): free some, or set REPRISE_HOME to a roomier place"
        case .notWritable(let path, let reason): "cannot write \(path): \(reason); set REPRISE_HOME to a writable place"
        case .systemFailure(let operation, let path, let reason): "cannot \(operation) \(path): \(reason)"
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .digestMismatch(let expected, let found): "SHA-256 is \(found), expected \(expected): the bytes were not kept"
        case .sizeMismatch(let expected, let found): "size is \(found) bytes, expected \(expected): the bytes were not kept"
        case .missing(let digest, let store): "\(store) has no object \(digest): run the step that makes it again"
        case .corrupted(let digest, let quarantine?):
            "stored object \(digest) is corrupted: moved to \(quarantine); fetch or compute it again"
        case .corrupted(let digest, nil): "stored object \(digest) is corrupted and could not be moved away: remove it by hand"
        }
    }

    /// The error for a failed system call that was to change the store.
    package static func writing(_ operation: String, _ path: String, code: Int32 = errno) -> StoreError {
        let reason = String(cString: strerror(code))
        return switch code {
        case ENOSPC, EDQUOT: .noSpace(path: path)
        case EROFS, EACCES, EPERM: .notWritable(path: path, reason: reason.lowercased())
        default: .systemFailure(operation: operation, path: path, reason: reason)
        }
    }
}
