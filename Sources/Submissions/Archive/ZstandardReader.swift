import CArchive
import Foundation

/// The decompressed bytes of a Zstandard file, in order, through libarchive. No other filter and no archive format is enabled, so a hostile file reaches no other
/// decoder.
struct ZstandardReader: ~Copyable {
    private let archive: OpaquePointer
    private let file: String
    private let limit: Int
    private let excess: ArchiveError
    /// How many bytes have come out.
    private(set) var position = 0

    /// - Parameters:
    ///   - descriptor: of the open file; read from its beginning and left open.
    ///   - limit: how many bytes may come out.
    ///   - excess: what is thrown when more do.
    init(descriptor: Int32, file: String, limit: Int, excess: ArchiveError) throws(ArchiveError) {
        guard let archive = archive_read_new() else { throw ArchiveError(.disk, file, "out of memory") }
        archive_read_support_filter_zstd(archive)
        archive_read_support_format_raw(archive)
        var entry: OpaquePointer?
        guard lseek(descriptor, 0, SEEK_SET) == 0, archive_read_open_fd(archive, descriptor, 1 << 16) == ARCHIVE_OK,
            archive_read_next_header(archive, &entry) == ARCHIVE_OK
        else {
            let reason = ZstandardReader.reason(archive)
            archive_read_free(archive)
            throw ArchiveError(.damaged, file, reason)
        }
        // libarchive undoes a filter as often as it finds it. It counts the file itself as one.
        guard archive_filter_count(archive) == 2, archive_filter_code(archive, 0) == ARCHIVE_FILTER_ZSTD else {
            archive_read_free(archive)
            throw ArchiveError(.nested, file, "it is compressed more than once")
        }
        self.archive = archive
        self.file = file
        self.limit = limit
        self.excess = excess
    }

    deinit { archive_read_free(archive) }

    /// Fills the first `count` bytes of a buffer that holds as many; fewer only at the end.
    ///
    /// - Returns: how many there were.
    mutating func read(_ count: Int, into buffer: inout [UInt8]) throws(ArchiveError) -> Int {
        var filled = 0
        while filled < count {
            let got = buffer.withUnsafeMutableBytes { archive_read_data(archive, $0.baseAddress?.advanced(by: filled), count - filled) }
            guard got >= 0 else { throw ArchiveError(.damaged, file, ZstandardReader.reason(archive)) }
            if got == 0 { break }
            filled += got
            position += got
            guard position <= limit else { throw excess }
        }
        return filled
    }

    private static func reason(_ archive: OpaquePointer) -> String {
        guard let text = archive_error_string(archive) else { return "it cannot be decompressed" }
        return "it cannot be decompressed (\(String(cString: text)))"
    }
}
