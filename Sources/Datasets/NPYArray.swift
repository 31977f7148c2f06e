/// An array in NumPy's NPY format, versions 1.0 and 2.0 (numpy/lib/format.py), little-endian and in C order.
public struct NPYArray: Hashable, Sendable {
    /// The element types that are read and written.
    public enum Element: String, Hashable, Sendable, CaseIterable {
        case uint8 = "|u1"
        case bool = "|b1"
        case int64 = "<i8"
        case float32 = "<f4"
        case float64 = "<f8"

        /// The element's size in bytes.
        public var size: Int {
            switch self {
            case .uint8, .bool: 1
            case .float32: 4
            case .int64, .float64: 8
            }
        }
    }

    public let element: Element
    /// The lengths of the axes, slowest first; empty for a scalar.
    public let shape: [Int]
    /// The elements' bytes, in C order, exactly `count × element.size` of them.
    public let bytes: [UInt8]

    /// The number of elements.
    public var count: Int { bytes.count / element.size }

    /// An array of bytes, to be written.
    public init(uint8s bytes: [UInt8], shape: [Int]) throws(DatasetError) {
        try self.init(element: .uint8, shape: shape, bytes: bytes)
    }

    /// An array of single-precision numbers, to be written.
    public init(floats: [Float], shape: [Int]) throws(DatasetError) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(floats.count * 4)
        for value in floats { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
        try self.init(element: .float32, shape: shape, bytes: bytes)
    }

    private init(element: Element, shape: [Int], bytes: [UInt8]) throws(DatasetError) {
        guard let size = NPYPreamble.byteCount(of: shape, element: element), size == bytes.count else {
            throw .invalidParameter(name: "shape", reason: "\(shape) does not describe \(bytes.count) bytes of \(element)")
        }
        self.element = element
        self.shape = shape
        self.bytes = bytes
    }

    // MARK: Reading

    /// Reads a `.npy` file of at most `limit` bytes.
    public init(path: String, limit: Int) throws(DatasetError) {
        try self.init(parsing: CompressedFile.contents(of: path, limit: limit), name: path)
    }

    /// Parses the bytes of a `.npy` file; `name` is what errors call them.
    public init(parsing file: [UInt8], name: String) throws(DatasetError) {
        var start = 0
        let preamble = try NPYPreamble(name: name) { count throws(DatasetError) in
            guard count <= file.count - start else { throw .truncated(path: name, expected: start + count, actual: file.count) }
            defer { start += count }
            return Array(file[start..<(start + count)])
        }
        guard file.count - start >= preamble.size else {
            throw .truncated(path: name, expected: preamble.size, actual: file.count - start)
        }
        guard file.count - start == preamble.size else {
            throw .malformed(path: name, reason: "\(file.count - start - preamble.size) bytes follow the array")
        }
        element = preamble.element
        shape = preamble.shape
        bytes = Array(file[start...])
    }

    // MARK: Elements

    /// The elements as single-precision numbers. Double precision is narrowed only when asked; whole numbers are never taken for reals.
    public func floats(narrowingDoubles: Bool = false, name: String = "array") throws(DatasetError) -> [Float] {
        switch element {
        case .float32: return elements(of: UInt32.self) { Float(bitPattern: $0) }
        case .float64 where narrowingDoubles: return elements(of: UInt64.self) { Float(Double(bitPattern: $0)) }
        default: throw .unsupported(path: name, reason: "its elements are \(element.rawValue), not <f4")
        }
    }

    /// The elements of a double- or single-precision array, exactly.
    public func doubles(name: String = "array") throws(DatasetError) -> [Double] {
        switch element {
        case .float64: return elements(of: UInt64.self) { Double(bitPattern: $0) }
        case .float32: return elements(of: UInt32.self) { Double(Float(bitPattern: $0)) }
        default: throw .unsupported(path: name, reason: "its elements are \(element.rawValue), not <f8")
        }
    }

    /// The elements of an array of whole numbers or truth values (as 0 and 1).
    public func integers(name: String = "array") throws(DatasetError) -> [Int] {
        switch element {
        case .int64: return elements(of: UInt64.self) { Int(truncatingIfNeeded: $0) }
        case .uint8: return bytes.map { Int($0) }
        case .bool: return bytes.map { $0 == 0 ? 0 : 1 }
        default: throw .unsupported(path: name, reason: "its elements are \(element.rawValue), not <i8")
        }
    }

    private func elements<Word: FixedWidthInteger, Value>(of word: Word.Type, _ value: (Word) -> Value) -> [Value] {
        bytes.withUnsafeBytes { bytes in
            (0..<count).map { value(Word(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Word>.size, as: Word.self))) }
        }
    }

    // MARK: Writing

    /// The array as a version 1.0 file, byte for byte what `numpy.save` writes: the data begins at a multiple of 64.
    public func fileBytes() -> [UInt8] {
        let axes = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
        var header = Array("{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(axes)), }".utf8)
        let unpadded = 10 + header.count + 1
        header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (64 - unpadded % 64) % 64))
        header.append(UInt8(ascii: "\n"))
        // At most 32 axes of 19 digits: always within version 1.0's 65,535 bytes.
        return NPYPreamble.magic + [1, 0, UInt8(header.count & 0xff), UInt8(header.count >> 8)] + header + bytes
    }

    /// Writes the array to `path`; the name shows either the complete file or nothing new.
    public func write(to path: String) throws(DatasetError) {
        try AtomicFile.write(fileBytes(), to: path)
    }
}
