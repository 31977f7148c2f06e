/// A file that may be gzip-compressed, read whole.
public enum CompressedFile {
    /// The file's bytes, decompressed if it is gzip, otherwise as they are.
    ///
    /// libarchive notices a broken or truncated deflate stream but does not compare gzip's checksum: that the bytes are the right ones is
    /// for the artifact's SHA-256 to say.
    ///
    /// - Parameter limit: the most bytes accepted after decompression.
    public static func contents(of path: String, limit: Int) throws(DatasetError) -> [UInt8] {
        let reader = try ArchiveReader(path: path, format: .stream)
        guard try reader.nextEntryName() != nil else { throw .truncated(path: path, expected: 1, actual: 0) }
        return try reader.contents(limit: limit)
    }
}
