/// A MATLAB 5.0 file (MATLAB's `-v6` and `-v7`), read front to back, an array at a time and each array in blocks: however large it is or claims to be, it is not held.
///
/// Source: The MathWorks, "MAT-File Format", the chapter on level 5 files. The file: 128 bytes of header, then elements, each with a tag of 8 bytes (type, size). An
/// array is an element of type 14 whose parts are elements: flags, axes, name, real part. An element of type 15 is a zlib stream that unpacks to one such
/// array. A part of at most four bytes may lie in the second half of its tag.
///
/// Read are arrays of real numbers. Anything else is refused by name, as is whatever contradicts what the file says of itself: sizes beyond the file or beyond what a
/// stream of its length can unpack to, a stream that gives more or fewer bytes than its array declares or whose checksum is wrong, parts out of order.
package struct MATReader: ~Copyable {
    package let path: String
    private var file: SequentialFile
    private let isBigEndian: Bool

    /// The array that is being read: what errors call it, the compressed stream that it is in, and what is left of its declared bytes.
    private var name: String
    private var stream: ZlibStream?
    private var declared = 0
    private var remaining = 0
    /// Elements that lie in their tag.
    private var inlineElements: [UInt8]?
    private var array: MATArray?

    private static let headerSize = 128
    private static let blockSize = 1 << 20
    /// Deflate's shortest code for its longest copy: two bits for 258 bytes.
    private static let greatestExpansion = 1032
    /// MATLAB's own limit.
    private static let longestName = 63

    /// Element types other than ``MATStorage``'s.
    private static let matrixType: UInt32 = 14
    private static let compressedType: UInt32 = 15

    /// Opens a file and reads its header.
    package init(path: String) throws(DatasetError) {
        var file = try SequentialFile(path: path)
        var header = [UInt8](repeating: 0, count: MATReader.headerSize)
        let count = try MATReader.fill(&header, from: &file)
        guard count == header.count else { throw .truncated(path: path, expected: header.count, actual: count) }
        guard !header[..<4].contains(0) else {
            throw .malformed(path: path, reason: "it does not begin with the text of a MATLAB 5.0 file's header")
        }
        let isBigEndian: Bool
        switch String(decoding: header[126...], as: UTF8.self) {
        case "IM": isBigEndian = false
        case "MI": isBigEndian = true
        default: throw .malformed(path: path, reason: "its header does not end in IM or MI, as a MATLAB 5.0 file's does")
        }
        switch isBigEndian ? (header[124], header[125]) : (header[125], header[124]) {
        case (1, 0): break
        case (2, 0): throw .unsupported(path: path, reason: "it is a MATLAB 7.3 file, which is HDF5; save it with -v7")
        case (let major, let minor): throw .unsupported(path: path, reason: "MATLAB file version \(major).\(minor) is not read, only 1.0")
        }
        self.path = path
        self.file = file
        self.isBigEndian = isBigEndian
        name = path
    }

    // MARK: Arrays

    /// Reads on to the next array's elements; nil at the file's end.
    ///
    /// - Precondition: the last array's elements were read.
    package mutating func next() throws(DatasetError) -> MATArray? {
        precondition(array == nil, "the elements of \(name) were not read")
        name = path
        guard file.position < file.size else { return nil }
        let start = file.position
        var (type, size) = try tag(try bytes(8))
        guard size <= file.size - file.position else {
            throw .truncated(path: path, expected: file.position + size, actual: file.size)
        }
        name = "\(path)[byte \(start)]"
        if type == MATReader.compressedType {
            let packedSize = size
            let opened = try ZlibStream(packedSize: packedSize, path: path)
            stream = opened
            (type, size) = try tag(try bytes(8))
            guard type != MATReader.compressedType else {
                throw .malformed(path: name, reason: "compressed data holds compressed data")
            }
            // Before anything is allocated for it.
            guard size <= MATReader.greatestExpansion * packedSize else {
                throw .malformed(path: name, reason: "\(packedSize) compressed bytes cannot hold the \(size) that it declares")
            }
        }
        guard type == MATReader.matrixType else {
            throw .malformed(path: name, reason: "element type \(type) stands where an array should")
        }
        declared = size
        remaining = size
        let found = try description()
        array = found
        return found
    }

    /// Reads the elements of the array that ``next()`` gave, and makes sure that the array ends where they do.
    ///
    /// - Parameters:
    ///   - elements: how many, in whole blocks; fewer are in the last. No more than a million bytes' worth.
    ///   - body: takes the elements' bytes, as they are stored, and the first one's number.
    package mutating func forEachBlock(
        of elements: Int, _ body: ([UInt8], Int) throws(DatasetError) -> Void
    ) throws(DatasetError) {
        guard let array else { preconditionFailure("next() gave no array") }
        precondition(elements >= 1 && elements <= MATReader.blockSize / array.storage.size, "blocks of \(elements) elements")
        if let inlineElements {
            try body(inlineElements, 0)
        } else {
            var block: [UInt8] = []
            for first in stride(from: 0, to: array.count, by: elements) {
                let size = min(elements, array.count - first) * array.storage.size
                if block.count != size { block = [UInt8](repeating: 0, count: size) }
                try take(&block)
                try body(block, first)
            }
            try skipPadding(after: array.size)
        }
        try end()
    }

    /// Reads the elements of the array that ``next()`` gave as whole numbers, whatever they are stored as.
    ///
    /// - Parameter limit: the most elements accepted.
    package mutating func wholeNumbers(limit: Int) throws(DatasetError) -> [Int] {
        guard let array else { preconditionFailure("next() gave no array") }
        guard array.count <= limit else { throw .malformed(path: name, reason: "its \(array.count) elements are more than \(limit)") }
        var numbers: [Int] = []
        let size = array.storage.size
        let (name, isBigEndian) = (name, isBigEndian)
        try forEachBlock(of: 4096) { block, first throws(DatasetError) in
            for start in stride(from: 0, to: block.count, by: size) {
                guard let number = array.storage.wholeNumber(block[start..<(start + size)], isBigEndian: isBigEndian) else {
                    throw .malformed(path: name, reason: "element \(first + start / size) is not a whole number")
                }
                numbers.append(number)
            }
        }
        return numbers
    }

    /// Refuses whatever follows the arrays that were read.
    package mutating func requireEnd() throws(DatasetError) {
        guard file.position == file.size else {
            throw .malformed(path: path, reason: "\(file.size - file.position) bytes follow its arrays")
        }
    }

    // MARK: Parts of an array

    /// The parts before the elements.
    private mutating func description() throws(DatasetError) -> MATArray {
        let flags = try part(.uint32, limit: 8, "flags")
        guard flags.count == 8 else { throw .malformed(path: name, reason: "its flags take \(flags.count) bytes, not 8") }
        let word = word(flags[..<4])
        guard let arrayClass = MATArrayClass(rawValue: UInt8(truncatingIfNeeded: word)) else {
            throw .malformed(path: name, reason: "MATLAB has no array class \(word & 0xff)")
        }
        guard arrayClass.isNumeric else {
            throw .unsupported(path: name, reason: "it is \(arrayClass.description); only arrays of numbers are read")
        }
        guard word & 0x0800 == 0 else { throw .unsupported(path: name, reason: "its numbers are complex; only real ones are read") }

        let axes = try part(.int32, limit: 32 * 4, "axes")
        guard axes.count >= 8, axes.count % 4 == 0 else { throw .malformed(path: name, reason: "its axes take \(axes.count) bytes") }
        var shape: [Int] = []
        var count = 1
        for start in stride(from: 0, to: axes.count, by: 4) {
            let length = Int(Int32(bitPattern: self.word(axes[start..<(start + 4)])))
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow else { throw .malformed(path: name, reason: "its axes are \(shape + [length]) and more") }
            shape.append(length)
            count = product
        }

        let text = try part(.int8, limit: MATReader.longestName, "name")
        guard text.allSatisfy({ (0x21..<0x7f).contains($0) }) else { throw .malformed(path: name, reason: "its name is not plain text") }
        let ownName = String(decoding: text, as: UTF8.self)
        name = "\(path)[\(ownName)]"

        let (type, size) = try elements()
        guard let storage = MATStorage(rawValue: type) else {
            throw .malformed(path: name, reason: "element type \(type) stands where its numbers should")
        }
        let (expected, overflow) = count.multipliedReportingOverflow(by: storage.size)
        guard !overflow, size == expected else {
            throw .malformed(path: name, reason: "its numbers take \(size) bytes, which \(shape) of \(storage) do not")
        }
        guard inlineElements != nil || size <= remaining else { throw beyond() }
        return MATArray(name: ownName, arrayClass: arrayClass, shape: shape, storage: storage)
    }

    /// A part before the elements, whole.
    private mutating func part(_ storage: MATStorage, limit: Int, _ what: String) throws(DatasetError) -> [UInt8] {
        let start = try taken(8)
        let (type, size, inlined) = try smallTag(start)
        guard type == storage.rawValue else {
            throw .malformed(path: name, reason: "element type \(type) stands where its \(what) should")
        }
        guard size <= limit else { throw .malformed(path: name, reason: "its \(what) take \(size) bytes, more than \(limit)") }
        if let inlined { return inlined }
        let contents = try taken(size)
        try skipPadding(after: size)
        return contents
    }

    /// The tag before the elements, and the elements where they lie in it.
    private mutating func elements() throws(DatasetError) -> (type: UInt32, size: Int) {
        let start = try taken(8)
        let (type, size, inlined) = try smallTag(start)
        inlineElements = inlined
        return (type, size)
    }

    /// The array ends here, and so does the stream that it is in.
    private mutating func end() throws(DatasetError) {
        guard remaining == 0 else { throw .malformed(path: name, reason: "\(remaining) bytes follow its numbers") }
        if let stream {
            // Asking for one byte more also has the checksum compared.
            var more: [UInt8] = [0]
            guard try fill(&more) == 0 else {
                throw .malformed(path: name, reason: "it unpacks to more than the \(declared) bytes it declares")
            }
            guard stream.isComplete else { throw .malformed(path: name, reason: "its compressed data break off before their checksum") }
            // Up to a multiple of eight some writers pad what others do not.
            let trailer = try stream.trailer(limit: 8, from: &file)
            guard trailer.count < 8, trailer.allSatisfy({ $0 == 0 }) else {
                throw .malformed(path: name, reason: "other bytes follow its compressed data")
            }
        }
        stream = nil
        inlineElements = nil
        array = nil
    }

    // MARK: Bytes

    private func word(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        (isBigEndian ? Array(bytes) : bytes.reversed()).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// A tag with its element behind it.
    private func tag(_ bytes: [UInt8]) throws(DatasetError) -> (type: UInt32, size: Int) {
        let type = word(bytes[..<4])
        guard type >> 16 == 0 else {
            throw .malformed(path: name, reason: "an element of \(type >> 16) bytes stands where an array should")
        }
        return (type, Int(word(bytes[4...])))
    }

    /// A tag with its element behind it or, where that takes four bytes at most, within it.
    private func smallTag(_ bytes: [UInt8]) throws(DatasetError) -> (type: UInt32, size: Int, inlined: [UInt8]?) {
        let type = word(bytes[..<4])
        let size = Int(type >> 16)
        guard size > 0 else { return (type, Int(word(bytes[4...])), nil) }
        guard size <= 4 else { throw .malformed(path: name, reason: "an element within its tag claims \(size) bytes") }
        return (type & 0xffff, size, Array(bytes[4..<(4 + size)]))
    }

    /// The array's next bytes.
    private mutating func taken(_ count: Int) throws(DatasetError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try take(&bytes)
        return bytes
    }

    /// The array's next bytes.
    private mutating func take(_ bytes: inout [UInt8]) throws(DatasetError) {
        guard bytes.count <= remaining else { throw beyond() }
        let count = try fill(&bytes)
        guard count == bytes.count else {
            throw .truncated(path: name, expected: declared, actual: declared - remaining + count)
        }
        remaining -= count
    }

    /// A part's end is moved up to a multiple of eight bytes; the last one's not by every writer.
    private mutating func skipPadding(after size: Int) throws(DatasetError) { _ = try taken(min(-size & 7, remaining)) }

    private func beyond() -> DatasetError { .malformed(path: name, reason: "its parts take more than the \(declared) bytes it declares") }

    /// The file's, or the stream's, next bytes.
    private mutating func bytes(_ count: Int) throws(DatasetError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let start = file.position
        let filled = try fill(&bytes)
        guard filled == count else {
            guard stream == nil else { throw .truncated(path: name, expected: count, actual: filled) }
            throw .truncated(path: path, expected: start + count, actual: file.size)
        }
        return bytes
    }

    private mutating func fill(_ bytes: inout [UInt8]) throws(DatasetError) -> Int {
        guard let stream else { return try MATReader.fill(&bytes, from: &file) }
        let name = name
        return try MATReader.withBuffer(&bytes) { buffer throws(DatasetError) in try stream.read(into: buffer, from: &file, name: name) }
    }

    private static func fill(_ bytes: inout [UInt8], from file: inout SequentialFile) throws(DatasetError) -> Int {
        try withBuffer(&bytes) { buffer throws(DatasetError) in try file.read(into: buffer) }
    }

    /// `withUnsafeMutableBytes`, which does not pass on the type of what `body` throws.
    private static func withBuffer(
        _ bytes: inout [UInt8], _ body: (UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int
    ) throws(DatasetError) -> Int {
        let result = bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(DatasetError) in try body(buffer) }
        }
        return try result.get()
    }
}
