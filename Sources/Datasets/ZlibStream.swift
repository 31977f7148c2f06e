import CZlib

/// A zlib stream (RFC 1950) within a file, unpacked as it is asked for. Its checksum is compared when its end is reached.
final class ZlibStream {
    /// Whether the stream's end was reached, and its checksum found right.
    private(set) var isComplete = false
    /// How many bytes were unpacked.
    private(set) var unpacked = 0
    /// How many of the stream's bytes are still in the file.
    private var remaining: Int

    private static let blockSize = 1 << 16
    /// zlib's state points back at it, so it must not move.
    private let state: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutablePointer<UInt8>

    /// - Parameter packedSize: how many bytes from the file's position on belong to the stream.
    init(packedSize: Int, path: String) throws(DatasetError) {
        remaining = packedSize
        state = .allocate(capacity: 1)
        state.initialize(to: z_stream())
        input = .allocate(capacity: ZlibStream.blockSize)
        guard inflateInit_(state, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .unreadable(path: path, reason: "zlib could not be set up")
        }
    }

    deinit {
        // Nothing happens where it was not set up.
        inflateEnd(state)
        state.deallocate()
        input.deallocate()
    }

    /// Fills `buffer`, or as much of it as the stream gives.
    ///
    /// - Parameters:
    ///   - file: where the stream is, at the place where the last call left it.
    ///   - name: what errors call the stream.
    /// - Returns: the number of bytes unpacked; fewer than the buffer holds only where the stream ends, be it complete or not.
    func read(into buffer: UnsafeMutableRawBufferPointer, from file: inout SequentialFile, name: String) throws(DatasetError) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        var filled = 0
        while filled < buffer.count, !isComplete {
            if state.pointee.avail_in == 0, try refill(from: &file) == 0 { break }
            let space = UInt32(clamping: buffer.count - filled)
            state.pointee.next_out = (base + filled).assumingMemoryBound(to: UInt8.self)
            state.pointee.avail_out = space
            let status = inflate(state, Z_NO_FLUSH)
            filled += Int(space - state.pointee.avail_out)
            switch status {
            case Z_OK: break
            case Z_STREAM_END: isComplete = true
            // No progress: more input is needed, and the next turn brings it or ends.
            case Z_BUF_ERROR where state.pointee.avail_in == 0: break
            case Z_MEM_ERROR: throw .unreadable(path: name, reason: "out of memory")
            default:
                let reason = state.pointee.msg.map { String(cString: $0) } ?? "it is no zlib stream"
                throw .malformed(path: name, reason: "it cannot be unpacked: \(reason)")
            }
        }
        unpacked += filled
        return filled
    }

    /// The bytes that follow the stream's end within its place in the file, `limit` at most.
    func trailer(limit: Int, from file: inout SequentialFile) throws(DatasetError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < limit {
            if state.pointee.avail_in == 0, try refill(from: &file) == 0 { break }
            bytes.append(state.pointee.next_in.pointee)
            state.pointee.next_in += 1
            state.pointee.avail_in -= 1
        }
        return bytes
    }

    private func refill(from file: inout SequentialFile) throws(DatasetError) -> Int {
        let wanted = min(ZlibStream.blockSize, remaining)
        let count = try file.read(into: UnsafeMutableRawBufferPointer(start: input, count: wanted))
        guard count == wanted else { throw .truncated(path: file.path, expected: file.position + remaining - count, actual: file.position) }
        remaining -= count
        state.pointee.next_in = input
        state.pointee.avail_in = UInt32(count)
        return count
    }
}
