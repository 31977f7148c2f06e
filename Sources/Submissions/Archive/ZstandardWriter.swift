import CArchive
import Foundation

/// Compresses bytes into one Zstandard frame through libarchive: at a fixed level, in one thread, with no name and no time, so that the same bytes give the same file
/// wherever the same version of libzstd does it.
package struct ZstandardWriter: ~Copyable {
    /// Its window of 4 MiB is within ``ZstandardFrame/largestWindow``.
    package static let level = 9

    private let archive: OpaquePointer
    private let file: String

    /// - Parameters:
    ///   - descriptor: of the file that is written to; left open.
    ///   - file: what errors call it.
    package init(descriptor: Int32, file: String) throws(ArchiveError) {
        guard let archive = archive_write_new() else { throw ArchiveError(.disk, file, "out of memory") }
        guard ZstandardWriter.open(archive, descriptor) else {
            let failure = ZstandardWriter.failure(of: archive, file)
            archive_write_free(archive)
            throw failure
        }
        self.archive = archive
        self.file = file
    }

    private static func open(_ archive: OpaquePointer, _ descriptor: Int32) -> Bool {
        archive_write_set_format_raw(archive)
        guard archive_write_add_filter_zstd(archive) == ARCHIVE_OK,
            archive_write_set_filter_option(archive, "zstd", "compression-level", String(level)) == ARCHIVE_OK,
            archive_write_open_fd(archive, descriptor) == ARCHIVE_OK, let entry = archive_entry_new()
        else { return false }
        defer { archive_entry_free(entry) }
        // To libarchive a bare stream is an archive of one file, whose name and type are asked for and not written.
        archive_entry_set_filetype(entry, UInt32(S_IFREG))
        archive_entry_set_pathname(entry, "stream")
        return archive_write_header(archive, entry) == ARCHIVE_OK
    }

    deinit { archive_write_free(archive) }

    package func write(_ bytes: some Collection<UInt8>) throws(ArchiveError) {
        let isWhole = bytes.withContiguousStorageIfAvailable { bytes in
            bytes.isEmpty || archive_write_data(archive, bytes.baseAddress, bytes.count) == bytes.count
        }
        guard let isWhole else { return try write(Array(bytes)) }
        guard isWhole else { throw failure }
    }

    /// Ends the frame. What was written is not whole before.
    package func finish() throws(ArchiveError) {
        guard archive_write_close(archive) == ARCHIVE_OK else { throw failure }
    }

    private var failure: ArchiveError { ZstandardWriter.failure(of: archive, file) }

    private static func failure(of archive: OpaquePointer, _ file: String) -> ArchiveError {
        let code = archive_errno(archive)
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "libarchive gives no reason"
        return ArchiveError(.disk, file, code == ENOSPC || code == EDQUOT ? "no space left" : "cannot be written (\(reason))")
    }
}
