import Integrity

/// A file that an archive holds.
public struct ArchiveListing: Hashable, Sendable {
    /// Relative to the archive's root.
    public var path: String
    /// Its size in bytes.
    public var bytes: Int
    public var sha256: SHA256Digest

    public init(path: String, bytes: Int, sha256: SHA256Digest) {
        self.path = path
        self.bytes = bytes
        self.sha256 = sha256
    }
}
