import Foundation

/// Writing that leaves either the whole file under its name or nothing: whoever is killed half-way leaves no half-written file there.
public enum AtomicFile {
    /// Writes `bytes` to `path`, safe on disk when this returns.
    ///
    /// The bytes go to a temporary file in the same folder, which is flushed and then renamed. On any error the temporary file is removed and what was
    /// at `path` is untouched.
    ///
    /// - Parameters:
    ///   - mode: permissions of a new file, less the process's umask.
    ///   - replacing: whether a file already at `path` gives way; otherwise it is refused, even when it appears at the last moment.
    public static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644, replacing: Bool = true) throws(FileError) {
        try write(to: path, mode: mode, replacing: replacing, failing: { $0 }) { (descriptor) throws(FileError) in
            if let failure = write(bytes, to: descriptor) { throw .writing(path, errno: failure) }
        }
    }

    /// The same for content that is not held in memory: `fill` writes it to the descriptor that it is given, and leaves that open.
    ///
    /// - Parameter failing: turns what goes wrong with the file into an error of the caller's kind.
    package static func write<Failure: Error>(
        to path: String, mode: mode_t = 0o644, replacing: Bool = true, failing: (FileError) -> Failure,
        fill: (Int32) throws(Failure) -> Void
    ) throws(Failure) {
        // A rename would put a file in the place of a device or a pipe.
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG { throw failing(.notRegular(path: path)) }
        let folder = folder(of: path)
        // Not derived from the file's name, which may be as long as the file system takes.
        let temporary = folder + "/.reprise-" + String(UInt64.random(in: .min ... .max), radix: 16) + ".tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { throw failing(.writeFailed(path: path, reason: "there is no folder \(folder)")) }
            throw failing(.writing(path, errno: errno))
        }
        do { try fill(descriptor) } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        var failure = flush(descriptor)
        // Interrupted or not, Linux has closed it.
        if close(descriptor) != 0 && errno != EINTR && failure == nil { failure = errno }
        if failure == nil {
            if replacing {
                if rename(temporary, path) != 0 { failure = errno }
            } else {
                // A link, unlike a rename, fails where something already has the name.
                if link(temporary, path) != 0 { failure = errno }
                unlink(temporary)
            }
        }
        if let failure {
            unlink(temporary)
            throw failing(.writing(path, errno: failure))
        }
        do { try flush(folder: folder) } catch { throw failing(error) }
    }

    /// Everything before the last slash, "." without one.
    private static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Writes everything; the `errno` of what went wrong, or nil.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Foundation.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count < 0 && errno != EINTR { return errno }
            written += max(0, count)
        }
        return nil
    }

    /// Brings a file's bytes to the disk; the `errno` of what went wrong, or nil.
    private static func flush(_ descriptor: Int32) -> Int32? {
        while fsync(descriptor) != 0 {
            if errno != EINTR { return errno }
        }
        return nil
    }

    /// Makes the new name itself survive a power failure. File systems that cannot flush a folder say EINVAL; there is nothing more to do then.
    private static func flush(folder: String) throws(FileError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == EACCES { return }  // a folder that may be written but not listed
            throw .writing(folder, errno: errno)
        }
        defer { close(descriptor) }
        if fsync(descriptor) != 0 && errno != EINVAL && errno != EINTR { throw .writing(folder, errno: errno) }
    }
}
