import CArchive
import Foundation

/// A regular file opened through libarchive, either as one gzip-compressed (or plain) stream or as a zip archive. No other format
/// or filter is enabled, so a hostile file reaches no other decoder.
struct ArchiveReader: ~Copyable {
    enum Format {
        /// One stream; gzip is undone where present.
        case stream
        case zip
    }

    let path: String
    private let archive: OpaquePointer

    init(path: String, format: Format) throws(DatasetError) {
        // A directory, pipe or device is refused before libarchive could block on it.
        var status = stat()
        guard stat(path, &status) == 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(path: path, reason: "it is not a regular file") }
        guard status.st_size > 0 else { throw .truncated(path: path, expected: 1, actual: 0) }

        guard let archive = archive_read_new() else { throw .unreadable(path: path, reason: "out of memory") }
        switch format {
        case .stream:
            archive_read_support_filter_gzip(archive)
            archive_read_support_format_raw(archive)
        case .zip:
            archive_read_support_format_zip_seekable(archive)
        }
        guard archive_read_open_filename(archive, path, 1 << 16) == ARCHIVE_OK else {
            let reason = ArchiveReader.reason(of: archive)
            // EILSEQ, by which libarchive says that the bytes are at fault and not the reading of them.
            let isFormat = archive_errno(archive) == EILSEQ
            archive_read_free(archive)
            throw isFormat ? .malformed(path: path, reason: reason) : .unreadable(path: path, reason: reason)
        }
        self.path = path
        self.archive = archive
    }

    deinit { archive_read_free(archive) }

    /// Moves to the next entry and returns its name; nil at the end. Entries that are not regular files are refused.
    func nextEntryName() throws(DatasetError) -> String? {
        var entry: OpaquePointer?
        let status = archive_read_next_header(archive, &entry)
        if status == ARCHIVE_EOF { return nil }
        guard status == ARCHIVE_OK, let entry else { throw .malformed(path: path, reason: ArchiveReader.reason(of: archive)) }
        guard let name = archive_entry_pathname(entry).map({ String(cString: $0) }) else {
            throw .malformed(path: path, reason: "an entry's name is not readable text")
        }
        guard archive_entry_filetype(entry) == S_IFREG else {
            throw .unsupported(path: path, reason: "entry \(name) is not a regular file")
        }
        return name
    }

    /// The current entry's bytes, decompressed; never more than `limit` of them, whatever the header claims.
    func contents(limit: Int) throws(DatasetError) -> [UInt8] {
        var contents: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = archive_read_data(archive, &buffer, buffer.count)
            if count == 0 { return contents }
            guard count > 0 else { throw .malformed(path: path, reason: ArchiveReader.reason(of: archive)) }
            guard count <= limit - contents.count else { throw .tooLarge(path: path, limit: limit) }
            contents.append(contentsOf: buffer[..<count])
        }
    }

    /// Reads on in the current entry: fills `buffer`, or as much of it as there is left.
    ///
    /// libarchive compares a zip entry's size and CRC-32 when its end is reached, so an entry is sound only when a read has given fewer bytes than asked
    /// for.
    ///
    /// - Returns: the number of bytes read; fewer than the buffer holds only at the entry's end.
    func read(into buffer: inout [UInt8]) throws(DatasetError) -> Int {
        var filled = 0
        var failed = false
        buffer.withUnsafeMutableBytes { buffer in
            while filled < buffer.count {
                let count = archive_read_data(archive, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
                failed = count < 0
                guard count > 0 else { return }
                filled += count
            }
        }
        guard !failed else { throw .malformed(path: path, reason: ArchiveReader.reason(of: archive)) }
        return filled
    }

    private static func reason(of archive: OpaquePointer) -> String {
        guard let text = archive_error_string(archive) else { return "the archive could not be decoded" }
        return String(cString: text)
    }
}
