import Foundation
import Numerics

/// An open safetensors file whose header has been read and checked; tensors are read on demand.
///
/// A file from outside costs no more memory than its header (at most 100 MB) until a tensor is asked for, and no more than the file's
/// own size then.
public final class SafetensorsFile {
    public let path: String
    public let header: SafetensorsHeader
    private let descriptor: CInt
    private let dataStart: Int

    public var metadata: [String: String] { header.metadata }

    public init(path: String) throws(SafetensorsError) {
        self.path = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        do {
            (header, dataStart) = try SafetensorsFile.readHeader(path, descriptor)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    private static func readHeader(_ path: String, _ descriptor: CInt) throws(SafetensorsError) -> (SafetensorsHeader, Int) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(path: path, reason: "not a regular file") }
        let size = Int(status.st_size)
        guard size >= 8 else { throw .malformed(path: path, reason: "\(size) bytes are too few") }
        var length: UInt64 = 0
        try withUnsafeMutableBytes(of: &length) { bytes throws(SafetensorsError) in try readAll(path, descriptor, into: bytes, at: 0) }
        length = UInt64(littleEndian: length)
        guard length <= UInt64(SafetensorsHeader.maximumLength), Int(length) <= size - 8 else {
            throw .malformed(path: path, reason: "it claims a header of \(length) bytes and has \(size - 8) after the length")
        }
        var json = [UInt8](repeating: 0, count: Int(length))
        try json.withUnsafeMutableBufferPointer { bytes throws(SafetensorsError) in
            try readAll(path, descriptor, into: UnsafeMutableRawBufferPointer(bytes), at: 8)
        }
        do throws(SafetensorsHeader.Malformed) {
            return (try SafetensorsHeader(parsing: json, dataBytes: size - 8 - Int(length)), 8 + Int(length))
        } catch {
            throw .malformed(path: path, reason: error.reason)
        }
    }

    private static func readAll(
        _ path: String, _ descriptor: CInt, into bytes: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(SafetensorsError) {
        var done = 0
        while done < bytes.count {
            let count = pread(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
            if count < 0 {
                if errno == EINTR { continue }
                throw .unreadable(path: path, reason: String(cString: strerror(errno)))
            }
            guard count > 0 else { throw .malformed(path: path, reason: "it ends before byte \(offset + bytes.count)") }
            done += count
        }
    }

    /// A tensor of 32-bit floats with exactly the given shape: one or two dimensions become a matrix of as many rows and columns (one
    /// row for one dimension).
    public func load(_ name: String, shape: [Int]) throws(SafetensorsError) -> Matrix {
        guard let tensor = header.tensors[name] else { throw .missingTensor(path: path, name: name) }
        guard tensor.type == "F32", tensor.shape == shape, (1...2).contains(shape.count) else {
            throw .wrongTensor(path: path, name: name, expected: "F32 \(shape)", found: "\(tensor.type) \(tensor.shape)")
        }
        let matrix = Matrix(rows: shape.count == 2 ? shape[0] : 1, columns: shape[shape.count - 1])
        try SafetensorsFile.readAll(
            path, descriptor, into: UnsafeMutableRawBufferPointer(matrix.buffer), at: dataStart + tensor.range.lowerBound)
        return matrix
    }

    /// Fills matrices with the tensors of their names and shapes: all of them, or none where one is absent or misshapen.
    public func load(into matrices: [NamedMatrix]) throws(SafetensorsError) {
        var loaded: [Matrix] = []
        for entry in matrices { loaded.append(try load(entry.name, shape: entry.shape)) }
        for (entry, matrix) in zip(matrices, loaded) { entry.matrix.copy(from: matrix) }
    }

    /// Writes tensors as 32-bit floats under a final name that appears only when the file is complete and on disk: first
    /// `path.partial`, synchronised, then renamed. The bytes depend on the arguments alone.
    ///
    /// - Precondition: names are distinct and none is `__metadata__`.
    public static func write(_ tensors: [NamedMatrix], metadata: [String: String], to path: String) throws(SafetensorsError) {
        let ordered = tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        var header = SafetensorsHeader()
        header.metadata = metadata
        var end = 0
        for tensor in ordered {
            let bytes = tensor.matrix.count * MemoryLayout<Float>.size
            precondition(tensor.name != "__metadata__" && header.tensors[tensor.name] == nil, "two tensors named \(tensor.name)")
            header.tensors[tensor.name] = SafetensorsHeader.Tensor(type: "F32", shape: tensor.shape, range: end..<end + bytes)
            end += bytes
        }
        let json = header.serialised()
        let partial = path + ".partial"
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .unwritable(path: partial, reason: String(cString: strerror(errno))) }
        do throws(SafetensorsError) {
            var length = UInt64(json.count).littleEndian
            try withUnsafeBytes(of: &length) { bytes throws(SafetensorsError) in try writeAll(partial, descriptor, bytes) }
            try json.withUnsafeBufferPointer { bytes throws(SafetensorsError) in
                try writeAll(partial, descriptor, UnsafeRawBufferPointer(bytes))
            }
            for tensor in ordered { try writeAll(partial, descriptor, UnsafeRawBufferPointer(tensor.matrix.buffer)) }
            guard fsync(descriptor) == 0 else { throw .unwritable(path: partial, reason: String(cString: strerror(errno))) }
        } catch {
            close(descriptor)
            unlink(partial)
            throw error
        }
        guard close(descriptor) == 0, rename(partial, path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(partial)
            throw .unwritable(path: path, reason: reason)
        }
        synchroniseFolder(of: path)
    }

    private static func writeAll(_ path: String, _ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) throws(SafetensorsError) {
        var done = 0
        while done < bytes.count {
            let count = Foundation.write(descriptor, bytes.baseAddress.map { $0 + done }, min(bytes.count - done, 1 << 30))
            if count < 0 {
                if errno == EINTR { continue }
                throw .unwritable(path: path, reason: String(cString: strerror(errno)))
            }
            done += count
        }
    }

    /// Makes the rename itself durable, as far as the file system allows: the file is complete under either name.
    private static func synchroniseFolder(of path: String) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
