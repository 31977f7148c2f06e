import Foundation

/// A folder that is being filled beside its final place, and takes its name once it is whole.
///
/// Every folder on the way to a file is opened from the one above it and never through a symbolic link, and every file must be new, so that whatever somebody else does in that
/// place meanwhile, nothing is written outside it.
final class UnpackedFolder {
    private let final: String
    private let temporary: String
    private let root: Int32
    private let isDurable: Bool

    /// - Parameters:
    ///   - path: where the folder shall be; nothing may be there.
    ///   - isDurable: whether every file is brought to the disk.
    ///   - bytes: how many there will be; a disk without room for them is refused before it is filled.
    init(for path: String, isDurable: Bool, bytes: Int) throws(ArchiveError) {
        var status = stat()
        guard lstat(path, &status) != 0 else { throw ArchiveError(.exists, path, "already exists and is not replaced") }
        var parent = (path as NSString).deletingLastPathComponent
        if parent.isEmpty { parent = "." }
        var space = statvfs()
        if statvfs(parent, &space) == 0 {
            let (free, overflowed) = UInt64(space.f_bavail).multipliedReportingOverflow(by: UInt64(space.f_frsize))
            guard overflowed || UInt64(bytes) <= free else {
                throw ArchiveError(.disk, path, "no space left: \(bytes) bytes are needed in \(parent), \(free) are free")
            }
        }
        final = path
        self.isDurable = isDurable
        temporary = parent + "/.reprise-" + String(UInt64.random(in: .min ... .max), radix: 16) + ".tmp"
        guard mkdir(temporary, 0o755) == 0 else { throw .writing(path, "no folder can be made in \(parent)") }
        root = open(temporary, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard root >= 0 else {
            let failure = ArchiveError.writing(path, "the folder \(temporary) cannot be opened")
            rmdir(temporary)
            throw failure
        }
    }

    deinit { close(root) }

    /// A new file in the folder, with the folders above it.
    ///
    /// - Parameter path: relative, of components that ``ArchivePath`` has looked at.
    func create(_ path: String) throws(ArchiveError) -> UnpackedFile {
        var components = path.split(separator: "/").map(String.init)
        guard let name = components.popLast() else { throw ArchiveError(.name, final, entry: path, "a file needs a name") }
        var folder = root
        defer { if folder != root { close(folder) } }
        for component in components {
            guard mkdirat(folder, component, 0o755) == 0 || errno == EEXIST else { throw .writing(final, "folder \(path)") }
            let next = openat(folder, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard next >= 0 else { throw .writing(final, "folder \(path)") }
            if folder != root { close(folder) }
            folder = next
        }
        let descriptor = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .writing(final, path) }
        return UnpackedFile(descriptor: descriptor, name: final + "/" + path, isDurable: isDurable)
    }

    /// Gives the folder its name.
    func publish() throws(ArchiveError) {
        if isDurable { fsync(root) }
        guard rename(temporary, final) == 0 else { throw .writing(final, "the unpacked folder cannot take its name") }
    }

    /// Removes whatever was written.
    func discard() { try? FileManager.default.removeItem(atPath: temporary) }
}

/// A file that is being unpacked.
final class UnpackedFile {
    private let descriptor: Int32
    private let name: String
    private let isDurable: Bool

    init(descriptor: Int32, name: String, isDurable: Bool) {
        self.isDurable = isDurable
        self.descriptor = descriptor
        self.name = name
    }

    deinit { close(descriptor) }

    /// Appends the first `count` bytes of a buffer.
    func write(_ buffer: [UInt8], count: Int) throws(ArchiveError) {
        var written = 0
        while written < count {
            let step = buffer.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress?.advanced(by: written), count - written) }
            if step < 0 && errno != EINTR { throw .writing(name, "it cannot be written") }
            written += max(0, step)
        }
    }

    /// Brings the bytes to the disk where they shall last.
    func finish() throws(ArchiveError) {
        guard isDurable else { return }
        while fsync(descriptor) != 0 {
            if errno != EINTR { throw .writing(name, "it cannot be written") }
        }
    }
}

extension ArchiveError {
    /// The refusal that fits what a failed system call left in `errno`.
    fileprivate static func writing(_ path: String, _ what: String) -> ArchiveError {
        let reason = errno == ENOSPC || errno == EDQUOT ? "no space left" : String(cString: strerror(errno))
        return ArchiveError(.disk, path, "\(what): \(reason)")
    }
}
