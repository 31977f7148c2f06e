/// How much an archive may hold. What exceeds a limit is refused before anything is written.
public struct ArchiveLimits: Hashable, Sendable {
    /// Files and the folders that they lie in. It bounds what a reader has to remember.
    public var entries: Int
    /// Bytes of a path. The format has no room for more than 256.
    public var pathBytes: Int
    /// Components of a path.
    public var depth: Int
    /// Bytes of one file. The format has no room for more than 8 GiB − 1.
    public var fileBytes: Int
    /// Bytes of everything, decompressed.
    public var totalBytes: Int
    /// Decompressed bytes for each compressed one, beyond ``allowance``.
    public var ratio: Int
    /// Decompressed bytes that an archive of any size may have: logs and small files of zeros compress better than any ratio that still refuses a bomb.
    public var allowance: Int

    public init(
        entries: Int = 100_000, pathBytes: Int = 256, depth: Int = 16, fileBytes: Int = 8 << 30 - 1, totalBytes: Int = 32 << 30,
        ratio: Int = 100, allowance: Int = 64 << 20
    ) {
        self.entries = entries
        self.pathBytes = pathBytes
        self.depth = depth
        self.fileBytes = fileBytes
        self.totalBytes = totalBytes
        self.ratio = ratio
        self.allowance = allowance
    }

    /// What an archive of so many compressed bytes may decompress to.
    func decompressedBytes(compressed: Int) -> Int {
        let (product, overflowed) = compressed.multipliedReportingOverflow(by: ratio)
        let (sum, overflowedAgain) = product.addingReportingOverflow(allowance)
        return overflowed || overflowedAgain ? totalBytes : min(sum, totalBytes)
    }
}
