import Foundation
import Integrity

/// An open file descriptor, closed at the end of its life. Reading and writing go on after a signal and never write less than asked without an error.
package struct OpenFile: ~Copyable {
    package let descriptor: Int32
    package let path: String

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// A regular file to read. Anything else (a folder, a pipe that would hang) is refused.
    package static func reading(_ path: String) throws(StoreError) -> OpenFile {
        // O_NONBLOCK: opening a pipe that nobody writes to must not wait.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        let file = OpenFile(descriptor: descriptor, path: path)
        guard file.status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(path: path, reason: "not a regular file") }
        return file
    }

    /// A new file to write; one of that name must not exist.
    package static func creating(_ path: String, mode: mode_t = 0o644) throws(StoreError) -> OpenFile {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw .writing("create", path) }
        return OpenFile(descriptor: descriptor, path: path)
    }

    /// A file to read and write, made if missing.
    package static func updating(_ path: String) throws(StoreError) -> OpenFile {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644)
        guard descriptor >= 0 else { throw .writing("open", path) }
        return OpenFile(descriptor: descriptor, path: path)
    }

    package var status: stat {
        var status = stat()
        fstat(descriptor, &status)
        return status
    }

    package var size: Int { Int(status.st_size) }

    /// Reads from the present position into the buffer; 0 at the end.
    package func read(into buffer: inout [UInt8]) throws(StoreError) -> Int {
        while true {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        }
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
        if let failure = OpenFile.write(bytes, to: descriptor, named: path) { throw failure }
    }

    /// Writes all the bytes; returns what went wrong rather than throwing, for use inside closures that cannot throw a typed error.
    package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, named path: String) -> StoreError? {
        var rest = bytes
        while let base = rest.baseAddress, !rest.isEmpty {
            let count = Foundation.write(descriptor, base, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                return .writing("write", path)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        return nil
    }

    package func truncate(to size: Int) throws(StoreError) {
        guard ftruncate(descriptor, off_t(size)) == 0, lseek(descriptor, off_t(size), SEEK_SET) >= 0 else {
            throw .writing("truncate", path)
        }
    }

    package func rewind() { lseek(descriptor, 0, SEEK_SET) }

    /// Brings the bytes to the medium: only then may the file take its final name.
    package func synchronize() throws(StoreError) {
        guard fsync(descriptor) == 0 else { throw .writing("write", path) }
    }

    package func setMode(_ mode: mode_t) throws(StoreError) {
        guard fchmod(descriptor, mode) == 0 else { throw .writing("set the mode of", path) }
    }
}

/// Steps on folders that the store is made of.
package enum Folders {
    /// Makes a folder and its missing parents.
    package static func create(_ path: String) throws(StoreError) {
        if isFolder(path) { return }
        let parent = (path as NSString).deletingLastPathComponent
        if !parent.isEmpty, parent != path { try create(parent) }
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw .writing("create", path) }
        guard isFolder(path) else {
            throw .systemFailure(operation: "create", path: path, reason: "something that is not a folder has this name")
        }
        synchronize(parent.isEmpty ? "." : parent)
    }

    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Makes a rename last through a power cut. Some file systems cannot; then there is nothing more to do.
    package static func synchronize(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// The names in a folder, without `.` and `..`, in byte order; empty where it cannot be read.
    package static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    }
}
