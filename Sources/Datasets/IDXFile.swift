/// An array in the IDX format of the MNIST files (LeCun, Cortes, Burges), plain or gzip-compressed: unsigned bytes, one or three axes.
///
/// The format: two zero bytes, the element type (8 for unsigned bytes), the number of axes, each axis as a big-endian 32-bit length, then the
/// elements in C order.
public struct IDXFile: Hashable, Sendable {
    /// The lengths of the axes, slowest first.
    public let shape: [Int]
    /// The elements in C order.
    public let bytes: [UInt8]

    /// Reads a file whose contents are at most `limit` bytes after decompression.
    public init(path: String, limit: Int = 1 << 26) throws(DatasetError) {
        try self.init(parsing: CompressedFile.contents(of: path, limit: limit), name: path)
    }

    /// Parses a file's decompressed bytes; `name` is what errors call it.
    public init(parsing file: [UInt8], name: String) throws(DatasetError) {
        guard file.count >= 4 else { throw .truncated(path: name, expected: 4, actual: file.count) }
        guard file[0] == 0, file[1] == 0 else { throw .malformed(path: name, reason: "it does not begin with IDX's two zero bytes") }
        guard file[2] == 8 else {
            throw .unsupported(path: name, reason: "IDX element type \(file[2]) is not read, only 8 (unsigned bytes)")
        }
        let axes = Int(file[3])
        guard axes == 1 || axes == 3 else { throw .unsupported(path: name, reason: "IDX with \(axes) axes is not read, only 1 or 3") }
        let start = 4 + 4 * axes
        guard file.count >= start else { throw .truncated(path: name, expected: start, actual: file.count) }

        var shape: [Int] = []
        var size = 1
        for axis in 0..<axes {
            let length = file[(4 + 4 * axis)..<(8 + 4 * axis)].reduce(0) { $0 << 8 | Int($1) }
            let (product, overflow) = size.multipliedReportingOverflow(by: length)
            guard !overflow else { throw .malformed(path: name, reason: "its declared size overflows") }
            shape.append(length)
            size = product
        }
        guard file.count - start >= size else { throw .truncated(path: name, expected: size, actual: file.count - start) }
        guard file.count - start == size else {
            throw .malformed(path: name, reason: "\(file.count - start - size) bytes follow its array")
        }
        self.shape = shape
        bytes = Array(file[start...])
    }
}
