/// A file to put into an archive.
public struct ArchiveEntry: Hashable, Sendable {
    /// Where an entry's bytes come from.
    public enum Source: Hashable, Sendable {
        case bytes([UInt8])
        /// A regular file, read when the archive is written; it must hold so many bytes then.
        case file(String, bytes: Int)

        /// How many bytes there are.
        public var count: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .file(_, let count): count
            }
        }
    }

    /// Relative to the archive's root, components parted by `/`; see ``ArchivePath`` for what may stand there.
    public var path: String
    public var source: Source

    public init(path: String, source: Source) {
        self.path = path
        self.source = source
    }
}
