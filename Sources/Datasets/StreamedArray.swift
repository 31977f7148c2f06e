/// An array of a zip archive, read front to back in blocks of whole rows: it is never held, however large it claims to be.
struct StreamedArray {
    /// What errors call it.
    let name: String
    private let preamble: NPYPreamble
    private static let blockSize = 1 << 20

    /// Reads the preamble of the archive's current entry.
    init(name: String, of archive: borrowing ArchiveReader) throws(DatasetError) {
        self.name = name
        var start = 0
        preamble = try NPYPreamble(name: name) { count throws(DatasetError) in
            var bytes = [UInt8](repeating: 0, count: count)
            let read = try archive.read(into: &bytes)
            guard read == count else { throw .truncated(path: name, expected: start + count, actual: start + read) }
            start += count
            return bytes
        }
    }

    /// Refuses an array that is not exactly the expected one.
    func require(_ element: NPYArray.Element, _ shape: [Int]) throws(DatasetError) {
        guard preamble.element == element else {
            throw .unsupported(path: name, reason: "its elements are \(preamble.element.rawValue), dSprites' are \(element.rawValue)")
        }
        guard preamble.shape == shape else {
            throw .malformed(path: name, reason: "its shape is \(preamble.shape), dSprites' is \(shape)")
        }
    }

    /// Reads the elements, the first axis counting rows, and makes sure that the entry ends where the array does.
    ///
    /// - Parameter body: takes the bytes of some whole rows, and the first one's number.
    func forEachBlock(
        of archive: borrowing ArchiveReader, _ body: ([UInt8], Int) throws(DatasetError) -> Void
    ) throws(DatasetError) {
        let rows = preamble.shape.first ?? 0
        let rowSize = rows > 0 ? preamble.size / rows : 0
        let rowsPerBlock = max(1, StreamedArray.blockSize / max(1, rowSize))
        var block: [UInt8] = []
        for first in stride(from: 0, to: rows, by: rowsPerBlock) {
            let size = min(rowsPerBlock, rows - first) * rowSize
            if block.count != size { block = [UInt8](repeating: 0, count: size) }
            let read = try archive.read(into: &block)
            guard read == size else { throw .truncated(path: name, expected: preamble.size, actual: first * rowSize + read) }
            try body(block, first)
        }
        // Asking for one byte more also lets libarchive compare the checksum.
        var rest: [UInt8] = [0]
        guard try archive.read(into: &rest) == 0 else {
            throw .malformed(path: name, reason: "more bytes follow the \(preamble.size) of its array")
        }
    }
}
