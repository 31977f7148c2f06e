/// dSprites as published: an .npz of 737,280 binary images, three gigabytes once unpacked, of which only a subset is ever held.
///
/// The archive is read once, front to back, an image at a time. What it must be is known exactly, so everything else is refused: other arrays than its four, or
/// one twice; another shape, element type or order; an array that is shorter or longer than its header says (a stream without end stops at the first
/// byte too many); a checksum that does not fit; a pixel that is neither 0 nor 1; latent classes in another order than the images'.
///
/// The archive's `metadata` is a pickled Python object, which is a program: it is never read. Nor are `latents_values`: `latents_classes` say the same in whole numbers.
public struct DSpritesArchive: Sendable {
    public let path: String
    public let grid: DSpritesGrid

    public init(path: String, grid: DSpritesGrid = .published) {
        self.path = path
        self.grid = grid
    }

    /// The grid's kept images, packed as ``SpriteImages`` takes them: unsigned bytes, [kept images, side² / 8], a bit a pixel.
    ///
    /// - Parameter progress: called now and then with the number of images read and that of all.
    public func subset(progress: (Int, Int) -> Void = { _, _ in }) throws(DatasetError) -> NPYArray {
        let reader = try ArchiveReader(path: path, format: .zip)
        var seen: Set<String> = []
        var images: [UInt8] = []
        while let entry = try reader.nextEntryName() {
            guard let member = Member(rawValue: entry) else {
                throw .malformed(path: path, reason: "entry \(entry.prefix(80).debugDescription) is none of dSprites' arrays")
            }
            guard seen.insert(entry).inserted else { throw .malformed(path: path, reason: "entry \(entry) occurs twice") }
            switch member {
            case .images: images = try readImages(reader, progress: progress)
            case .classes: try checkClasses(reader)
            case .values, .metadata: break
            }
        }
        for member in [Member.images, .classes] where !seen.contains(member.rawValue) {
            throw .missingEntry(path: path, name: member.rawValue)
        }
        return try NPYArray(uint8s: images, shape: [grid.keptCount, grid.packedImageSize])
    }

    private enum Member: String {
        case images = "imgs.npy"
        case classes = "latents_classes.npy"
        case values = "latents_values.npy"
        case metadata = "metadata.npy"
    }

    private func name(_ member: Member) -> String { "\(path)[\(member.rawValue)]" }

    private func readImages(_ reader: borrowing ArchiveReader, progress: (Int, Int) -> Void) throws(DatasetError) -> [UInt8] {
        let array = try StreamedArray(name: name(.images), of: reader)
        try array.require(.uint8, [grid.imageCount, grid.side, grid.side])
        let pixels = grid.side * grid.side
        var packed: [UInt8] = []
        packed.reserveCapacity(grid.keptCount * grid.packedImageSize)
        var odometer = DSpritesOdometer(grid)
        try array.forEachBlock(of: reader) { block, first throws(DatasetError) in
            // All in one pass that the compiler vectorises; the culprit is looked for only where there is one.
            if block.reduce(0, |) > 1, let culprit = block.firstIndex(where: { $0 > 1 }) {
                throw .malformed(
                    path: array.name, reason: "image \(first + culprit / pixels) has a pixel of value \(block[culprit]), not 0 or 1")
            }
            for row in 0..<(block.count / pixels) {
                if odometer.isCurrentKept {
                    for start in stride(from: row * pixels, to: (row + 1) * pixels, by: 8) {
                        var bits: UInt8 = 0
                        for bit in 0..<8 { bits = bits << 1 | block[start + bit] }
                        packed.append(bits)
                    }
                }
                odometer.advance()
            }
            progress(first + block.count / pixels, grid.imageCount)
        }
        return packed
    }

    /// Each row: the colour, which is always 0, and the factors' values.
    private func checkClasses(_ reader: borrowing ArchiveReader) throws(DatasetError) {
        let columns = grid.factors.count + 1
        let array = try StreamedArray(name: name(.classes), of: reader)
        try array.require(.int64, [grid.imageCount, columns])
        var odometer = DSpritesOdometer(grid)
        try array.forEachBlock(of: reader) { block, first throws(DatasetError) in
            for row in 0..<(block.count / (columns * 8)) {
                for column in 0..<columns {
                    var value: UInt64 = 0
                    for byte in 0..<8 { value |= UInt64(block[(row * columns + column) * 8 + byte]) << UInt64(8 * byte) }
                    let expected = column == 0 ? 0 : odometer.values[column - 1]
                    guard value == UInt64(expected) else {
                        let factor = column == 0 ? "color" : grid.factors[column - 1].name
                        throw .malformed(
                            path: array.name,
                            reason: "image \(first + row) has \(factor) \(Int64(bitPattern: value)) where dSprites' order has \(expected)")
                    }
                }
                odometer.advance()
            }
        }
    }
}
