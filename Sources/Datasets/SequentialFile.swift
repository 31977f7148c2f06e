import Foundation

/// A regular file, read front to back.
struct SequentialFile: ~Copyable {
    let path: String
    /// The file's size when it was opened.
    let size: Int
    /// How many bytes were read.
    private(set) var position = 0
    private let descriptor: Int32

    init(path: String) throws(DatasetError) {
        // A pipe without a writer is opened at once, and refused, rather than waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .unreadable(path: path, reason: "it is not a regular file")
        }
        self.path = path
        self.descriptor = descriptor
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Fills `buffer`, or as much of it as there is left.
    ///
    /// - Returns: the number of bytes read; fewer than the buffer holds only at the file's end.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = Foundation.read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            if count == 0 { break }
            if count > 0 {
                filled += count
            } else if errno != EINTR {
                throw .unreadable(path: path, reason: String(cString: strerror(errno)))
            }
        }
        position += filled
        return filled
    }
}
