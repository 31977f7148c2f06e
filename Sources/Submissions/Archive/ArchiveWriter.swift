import Foundation
import Integrity

/// Writes a submission's archive: tar in its plainest form (``TarHeader``), compressed into one Zstandard frame.
///
/// Deterministic: entries stand in the order of their paths' bytes and carry nothing but a path and bytes, so the same tree gives the same tar on every machine. The
/// compressed bytes are the same wherever the version of libzstd is.
public enum ArchiveWriter {
    /// Writes an archive, which takes its name only once it is whole and on the disk. On any error nothing is left.
    ///
    /// - Parameter path: where to; a file that is already there is not replaced.
    /// - Throws: ``ArchiveError``, also where ``ArchiveReader`` would refuse what is asked for: a name, a clash, a size.
    public static func write(_ entries: [ArchiveEntry], to path: String) throws(ArchiveError) {
        let limits = ArchiveLimits()
        let sorted = entries.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        try check(sorted, archive: path, limits: limits)
        try AtomicFile.write(to: path, replacing: false, failing: { ArchiveError(file: $0, archive: path) }) {
            (descriptor) throws(ArchiveError) in
            let writer = try ZstandardWriter(descriptor: descriptor, file: path)
            var buffer = [UInt8](repeating: 0, count: 1 << 18)
            for entry in sorted {
                guard let header = TarHeader(path: entry.path, size: entry.source.count).block else {
                    throw ArchiveError(.pathLength, path, entry: entry.path, "the path cannot be divided into two parts as tar needs them")
                }
                try writer.write(header)
                try append(entry.source, to: writer, through: &buffer)
                try writer.write([UInt8](repeating: 0, count: -entry.source.count & (TarHeader.blockSize - 1)))
            }
            // Two blocks of zeros end a tar archive.
            try writer.write([UInt8](repeating: 0, count: 2 * TarHeader.blockSize))
            try writer.finish()
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw ArchiveError(.disk, path, String(cString: strerror(errno))) }
            let total = sorted.reduce(0) { $0 + TarHeader.blockSize + $1.source.count }
            guard total <= limits.decompressedBytes(compressed: Int(status.st_size)) else {
                throw ArchiveError(.ratio, path, "the files compress to less than a \(limits.ratio)th, which readers take for a bomb")
            }
        }
    }

    /// Refuses what a reader would refuse, before anything is written.
    private static func check(_ entries: [ArchiveEntry], archive: String, limits: ArchiveLimits) throws(ArchiveError) {
        var names = ArchiveNames()
        var total = 0
        for entry in entries {
            let path = Array(entry.path.utf8)
            let name = ArchivePath.escaped(path)
            if let wrong = ArchivePath.problem(path, limits: limits) ?? names.insert(entry.path) {
                throw ArchiveError(wrong.kind, archive, entry: name, wrong.problem)
            }
            guard names.count <= limits.entries else {
                throw ArchiveError(.entries, archive, "more than \(limits.entries) files and folders")
            }
            guard (0...limits.fileBytes).contains(entry.source.count) else {
                throw ArchiveError(.fileSize, archive, entry: name, "\(entry.source.count) bytes; at most \(limits.fileBytes) are taken")
            }
            total += TarHeader.blockSize + entry.source.count
            guard total <= limits.totalBytes else { throw ArchiveError(.totalSize, archive, "more than \(limits.totalBytes) bytes in all") }
        }
    }

    private static func append(
        _ source: ArchiveEntry.Source, to writer: borrowing ZstandardWriter, through buffer: inout [UInt8]
    ) throws(ArchiveError) {
        guard case .file(let file, let expected) = source else {
            if case .bytes(let bytes) = source { try writer.write(bytes) }
            return
        }
        let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw ArchiveError(.source, file, "cannot be read (\(String(cString: strerror(errno))))") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw ArchiveError(.source, file, "is not a regular file")
        }
        var size = 0
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw ArchiveError(.source, file, "cannot be read (\(String(cString: strerror(errno))))")
            }
            size += count
            // A header that promises another size would make the archive unreadable from there on.
            guard size <= expected, count > 0 || size == expected else {
                throw ArchiveError(.source, file, "holds \(count > 0 ? "more" : "fewer") bytes than the \(expected) that were announced")
            }
            if count == 0 { return }
            try writer.write(buffer[..<count])
        }
    }
}

extension ArchiveError {
    /// A refusal to write the file that is to become the archive.
    fileprivate init(file error: FileError, archive: String) {
        switch error {
        case .exists: self.init(.exists, archive, "already exists and is not replaced")
        case .notRegular: self.init(.exists, archive, "something that is no file is already there")
        case .noSpace: self.init(.disk, archive, "no space left")
        case .notWritable(_, let reason), .writeFailed(_, let reason), .unreadable(_, let reason):
            self.init(.disk, archive, "cannot be written (\(reason))")
        case .missing, .tooLarge: self.init(.disk, archive, "\(error)")
        }
    }
}
