import Foundation

/// Reading of files that others may have written: no more than a stated size, and never something that blocks, such as a pipe.
public enum BoundedFile {
    /// The bytes of the regular file at `path`, at most `limit` of them. A symbolic link is followed.
    public static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        try readWithMode(path, limit: limit).bytes
    }

    /// The same with the permissions of the very file that was read.
    static func readWithMode(_ path: String, limit: Int) throws(FileError) -> (bytes: [UInt8], mode: mode_t) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .missing(path: path) : .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular(path: path) }
        guard status.st_size <= limit else { throw .tooLarge(path: path, size: Int(status.st_size), limit: limit) }

        // The size is only a hint: files under /proc claim none, and a file may grow while it is read.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size))
        var buffer = [UInt8](repeating: 0, count: min(max(Int(status.st_size) + 1, 4096), 1 << 20))
        while true {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count == 0 { return (bytes, status.st_mode & 0o7777) }
            if count < 0 {
                if errno == EINTR { continue }
                throw .unreadable(path: path, reason: String(cString: strerror(errno)))
            }
            guard count <= limit - bytes.count else { throw .tooLarge(path: path, size: bytes.count + count, limit: limit) }
            bytes += buffer[..<count]
        }
    }
}
