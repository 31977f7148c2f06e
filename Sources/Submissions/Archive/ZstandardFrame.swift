import Foundation

/// The outline of a Zstandard frame (RFC 8878, section 3.1.1), read without decompressing anything.
///
/// A decompressor also takes several frames one after another, frames to be skipped that may hold anything, frames that need a dictionary, and windows of
/// many gigabytes. An archive is exactly one frame with a window of at most ``largestWindow`` that ends where the file ends.
enum ZstandardFrame {
    /// What decompression has to remember; compression levels up to 19 stay within it.
    static let largestWindow = 8 << 20
    private static let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]

    /// Refuses a file that is anything but one whole frame. Reads little more than the headers of its blocks, of 128 KiB at most each.
    static func check(_ descriptor: Int32, size: Int, file: String) throws(ArchiveError) {
        var bytes = PositionedBytes(descriptor: descriptor, size: size, file: file)
        guard size >= magic.count, try bytes.next(4) == magic else {
            throw ArchiveError(.format, file, "this is no Zstandard file")
        }
        let header = try bytes.next(1)[0]
        let isSingleSegment = header & 0x20 != 0
        guard header & 0x08 == 0 else { throw ArchiveError(.damaged, file, "a reserved bit of the frame's header is set") }
        guard header & 0x03 == 0 else { throw ArchiveError(.window, file, "the frame asks for a dictionary") }
        var window = isSingleSegment ? nil : windowSize(try bytes.next(1)[0])
        let contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][Int(header >> 6)]
        let contentSize = try bytes.next(contentSizeBytes).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        // Two bytes count from 256.
        if isSingleSegment { window = contentSize &+ (contentSizeBytes == 2 ? 256 : 0) }
        guard let window, window <= UInt64(largestWindow) else {
            throw ArchiveError(.window, file, "decompressing would take more than \(largestWindow >> 20) MiB of memory")
        }
        var isLast = false
        while !isLast {
            let block = try bytes.next(3)
            let description = Int(block[0]) | Int(block[1]) << 8 | Int(block[2]) << 16
            isLast = description & 1 != 0
            let size = description >> 3
            switch description >> 1 & 3 {
            case 0, 2: try bytes.skip(size)
            // One byte, so many times.
            case 1: try bytes.skip(1)
            default: throw ArchiveError(.damaged, file, "a compressed block is of a reserved kind")
            }
        }
        if header & 0x04 != 0 { try bytes.skip(4) }
        guard bytes.position == size else {
            throw ArchiveError(.trailing, file, "\(size - bytes.position) bytes follow the end of the compressed archive")
        }
    }

    private static func windowSize(_ descriptor: UInt8) -> UInt64 {
        let base = UInt64(1) << (10 + UInt64(descriptor >> 3))
        return base + base / 8 * UInt64(descriptor & 7)
    }
}

/// A file's bytes from the first to the last, with no use of the descriptor's own position.
private struct PositionedBytes {
    let descriptor: Int32
    let size: Int
    let file: String
    private(set) var position = 0
    private var buffer: [UInt8] = []
    private var bufferStart = 0

    init(descriptor: Int32, size: Int, file: String) {
        self.descriptor = descriptor
        self.size = size
        self.file = file
    }

    /// The next few bytes.
    mutating func next(_ count: Int) throws(ArchiveError) -> [UInt8] {
        guard count <= size - position else { throw truncated }
        if position < bufferStart || position + count > bufferStart + buffer.count { try fill() }
        let start = position - bufferStart
        guard start + count <= buffer.count else { throw truncated }
        position += count
        return Array(buffer[start..<(start + count)])
    }

    mutating func skip(_ count: Int) throws(ArchiveError) {
        guard count <= size - position else { throw truncated }
        position += count
    }

    private var truncated: ArchiveError { ArchiveError(.truncated, file, "the file ends in the middle of the compressed archive") }

    private mutating func fill() throws(ArchiveError) {
        buffer = [UInt8](repeating: 0, count: 1 << 14)
        bufferStart = position
        var count = -1
        repeat { count = pread(descriptor, &buffer, buffer.count, off_t(position)) } while count < 0 && errno == EINTR
        guard count >= 0 else { throw ArchiveError(.unreadable, file, String(cString: strerror(errno))) }
        buffer.removeSubrange(count...)
    }
}
