import Foundation
import Integrity

/// A file as a record names it: its path relative to some folder, its SHA-256 and its size in bytes.
public struct FileRecord: Hashable, Sendable {
    public var path: String
    public var digest: SHA256Digest
    public var bytes: Int

    public init(path: String, digest: SHA256Digest, bytes: Int) {
        self.path = path
        self.digest = digest
        self.bytes = bytes
    }

    /// The record of a file that is there, its path relative to `folder`.
    init(_ path: String, in folder: String) throws(IntegrityError) {
        let (digest, size) = try SHA256Digest.ofFile(at: folder + "/" + path)
        self.init(path: path, digest: digest, bytes: size)
    }

    /// The record of a file that is there, with a digest that somebody vouches for: its bytes are not read.
    init(_ path: String, in folder: String, vouched digest: SHA256Digest) throws(IntegrityError) {
        var status = stat()
        guard stat(folder + "/" + path, &status) == 0 else {
            throw .unreadable(path: folder + "/" + path, reason: String(cString: strerror(errno)))
        }
        self.init(path: path, digest: digest, bytes: Int(status.st_size))
    }

    public var json: JSONValue {
        ["path": .string(path), "sha256": .string(digest.hex), "bytes": .number(Double(bytes))]
    }

    init(_ reader: RecordReader) throws(WorkflowError) {
        path = try reader.string("path")
        digest = try reader.digest("sha256")
        bytes = try reader.integer("bytes")
        guard FileRecord.isSafe(path) else { throw reader.refusal("path", expected: "a relative path without . or .. parts") }
        guard bytes >= 0 else { throw reader.refusal("bytes", expected: "a size of 0 or more") }
    }

    /// True for a relative path that cannot leave its folder: no empty, `.` or `..` part, no NUL.
    public static func isSafe(_ path: String) -> Bool {
        guard !path.isEmpty, path.utf8.count <= 1024, !path.utf8.contains(0) else { return false }
        return path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }
}
