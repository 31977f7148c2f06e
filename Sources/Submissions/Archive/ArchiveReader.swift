import Foundation
import Integrity

/// Reads an archive that a stranger may have made to do harm.
///
/// Two passes over one open descriptor. The first decompresses everything, looks at every header, name and size and takes every file's digest, and writes nothing; only
/// an archive in which nothing was refused is read a second time, into a folder beside the wanted one that takes its name at the end. What
/// the second pass finds must be what the first one found, should somebody change the file in between. One form is taken, the one
/// that ``ArchiveWriter`` writes.
public enum ArchiveReader {
    /// What an archive holds, in the order of paths; nothing is written.
    public static func list(_ file: String, limits: ArchiveLimits = .init()) throws(ArchiveError) -> [ArchiveListing] {
        let archive = try OpenArchive(file)
        return try archive.pass(limits: limits, into: nil)
    }

    /// Unpacks an archive.
    ///
    /// - Parameters:
    ///   - file: the archive.
    ///   - folder: where to; nothing may be there yet, and the folder above it must exist. Files get the mode 0644, folders 0755, less the umask.
    ///   - isDurable: whether every file is brought to the disk, which takes thousands of small ones a minute; a copy for the while need not be.
    ///   - problem: looks at what the archive holds before anything of it is written, and says what is wrong with that.
    /// - Returns: the files, in the order of their paths.
    /// - Throws: ``ArchiveError``; then nothing is left.
    @discardableResult
    public static func unpack(
        _ file: String, into folder: String, limits: ArchiveLimits = .init(), isDurable: Bool = true,
        problem: ([ArchiveListing]) -> String? = { _ in nil }
    ) throws(ArchiveError) -> [ArchiveListing] {
        let archive = try OpenArchive(file)
        let listing = try archive.pass(limits: limits, into: nil)
        if let problem = problem(listing) { throw ArchiveError(.contents, file, problem) }
        let unpacked = try UnpackedFolder(for: folder, isDurable: isDurable, bytes: listing.reduce(0) { $0 + $1.bytes })
        do throws(ArchiveError) {
            guard try archive.pass(limits: limits, into: unpacked) == listing else {
                throw ArchiveError(.changed, file, "it changed while it was read")
            }
            try unpacked.publish()
        } catch {
            unpacked.discard()
            throw error
        }
        return listing
    }
}

/// An archive's file, open, of which it is known that it is one Zstandard frame.
private struct OpenArchive: ~Copyable {
    private let file: String
    private let descriptor: Int32
    private let size: Int

    init(_ file: String) throws(ArchiveError) {
        // O_NONBLOCK: opening a pipe that nobody writes to must not wait.
        let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw ArchiveError(.unreadable, file, String(cString: strerror(errno))) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw ArchiveError(.unreadable, file, "it is not a regular file")
        }
        self.file = file
        self.descriptor = descriptor
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Reads everything; with a folder, writes the files into it.
    borrowing func pass(limits: ArchiveLimits, into folder: UnpackedFolder?) throws(ArchiveError) -> [ArchiveListing] {
        try ZstandardFrame.check(descriptor, size: size, file: file)
        let allowed = limits.decompressedBytes(compressed: size)
        var stream = try ZstandardReader(
            descriptor: descriptor, file: file, limit: allowed, excess: excess(allowed: allowed, limits: limits))
        var names = ArchiveNames()
        var listing: [ArchiveListing] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while let header = try header(&stream, &buffer, limits: limits) {
            if let clash = names.insert(header.path) { throw ArchiveError(clash.kind, file, entry: header.path, clash.problem) }
            guard names.count <= limits.entries else {
                throw ArchiveError(.entries, file, "more than \(limits.entries) files and folders")
            }
            try checkSize(header, position: stream.position, allowed: allowed, limits: limits)
            let output = try folder?.create(header.path)
            let digest = try contents(of: header, &stream, &buffer, output: output)
            try output?.finish()
            listing.append(ArchiveListing(path: header.path, bytes: header.size, sha256: digest))
        }
        return listing
    }

    /// The next file's header; nil at the archive's end, after which nothing may follow.
    private borrowing func header(
        _ stream: inout ZstandardReader, _ buffer: inout [UInt8], limits: ArchiveLimits
    ) throws(ArchiveError) -> TarHeader? {
        guard let block = try block(&stream, &buffer) else {
            throw ArchiveError(.truncated, file, "the archive ends without the two empty blocks that end it")
        }
        guard block.allSatisfy({ $0 == 0 }) else {
            do { return try TarHeader(block: block, limits: limits) } catch {
                // What is no header has no name.
                let entry = error.kind == .format || error.path.isEmpty ? nil : ArchivePath.escaped(error.path)
                throw ArchiveError(error.kind, file, entry: entry, error.problem)
            }
        }
        guard let second = try self.block(&stream, &buffer), second.allSatisfy({ $0 == 0 }) else {
            throw ArchiveError(.truncated, file, "the archive ends with one empty block; two end it")
        }
        guard try stream.read(1, into: &buffer) == 0 else {
            throw ArchiveError(.trailing, file, "something follows the archive's end")
        }
        return nil
    }

    /// The next 512 bytes; nil where the stream has ended.
    private borrowing func block(_ stream: inout ZstandardReader, _ buffer: inout [UInt8]) throws(ArchiveError) -> [UInt8]? {
        let count = try stream.read(TarHeader.blockSize, into: &buffer)
        if count == 0 { return nil }
        guard count == TarHeader.blockSize else { throw ArchiveError(.truncated, file, "the archive ends within a block") }
        return Array(buffer[..<count])
    }

    private borrowing func checkSize(
        _ header: TarHeader, position: Int, allowed: Int, limits: ArchiveLimits
    ) throws(ArchiveError) {
        guard header.size <= limits.fileBytes else {
            throw ArchiveError(.fileSize, file, entry: header.path, "\(header.size) bytes; at most \(limits.fileBytes) are taken")
        }
        // Both fit: the position is below the limit, the size below 8 GiB.
        guard header.size <= allowed - position else { throw excess(allowed: allowed, limits: limits, entry: header.path) }
    }

    private borrowing func excess(allowed: Int, limits: ArchiveLimits, entry: String? = nil) -> ArchiveError {
        guard allowed < limits.totalBytes else {
            return ArchiveError(.totalSize, file, entry: entry, "more than \(limits.totalBytes) bytes in all")
        }
        let problem = "\(size) compressed bytes would become more than \(allowed): more than \(limits.ratio) times as many"
        return ArchiveError(.ratio, file, entry: entry, problem)
    }

    private borrowing func contents(
        of header: TarHeader, _ stream: inout ZstandardReader, _ buffer: inout [UInt8], output: UnpackedFile?
    ) throws(ArchiveError) -> SHA256Digest {
        var hasher = SHA256Hasher()
        var left = header.size
        while left > 0 {
            let count = try stream.read(min(left, buffer.count), into: &buffer)
            guard count > 0 else { throw ArchiveError(.truncated, file, entry: header.path, "the archive ends within this file") }
            buffer.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            try output?.write(buffer, count: count)
            left -= count
        }
        let padding = -header.size & (TarHeader.blockSize - 1)
        guard try stream.read(padding, into: &buffer) == padding else {
            throw ArchiveError(.truncated, file, entry: header.path, "the archive ends within the padding after this file")
        }
        guard buffer[..<padding].allSatisfy({ $0 == 0 }) else {
            throw ArchiveError(.padding, file, entry: header.path, "something hides in the padding after this file")
        }
        return hasher.finalize()
    }
}
