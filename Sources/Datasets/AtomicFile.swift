import Foundation

/// Writing a file so that its final name only ever shows complete contents.
enum AtomicFile {
    /// Writes to a temporary file beside `path`, flushes it to the disk and renames it.
    static func write(_ bytes: [UInt8], to path: String) throws(DatasetError) {
        let temporary = "\(path).\(getpid())-\(UInt32.random(in: 0...UInt32.max)).partial"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
        var failure: Int32 = 0
        bytes.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count, failure == 0 {
                let count = Foundation.write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
                if count >= 0 { written += count } else if errno != EINTR { failure = errno }
            }
        }
        if failure == 0, fsync(descriptor) != 0 { failure = errno }
        if close(descriptor) != 0, failure == 0 { failure = errno }
        if failure == 0, rename(temporary, path) != 0 { failure = errno }
        guard failure == 0 else {
            unlink(temporary)
            throw .unwritable(path: path, reason: String(cString: strerror(failure)))
        }
    }
}
