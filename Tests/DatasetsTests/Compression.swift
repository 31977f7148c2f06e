/// The least of the gzip and zip formats that tests need to write good and hostile files (RFC 1950–1952, PKWARE APPNOTE).
enum Compression {
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var remainder: UInt32 = 0xffff_ffff
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xedb8_8320 : remainder >> 1 }
        }
        return ~remainder
    }

    static func little(_ value: Int, _ width: Int) -> [UInt8] { (0..<width).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }

    /// Deflate without compression.
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var start = 0
        repeat {
            let end = min(start + 65_535, bytes.count)
            output += [end == bytes.count ? 1 : 0] + little(end - start, 2) + little(~(end - start), 2) + bytes[start..<end]
            start = end
        } while start < bytes.count
        return output
    }

    /// Deflate's fixed code for 1 + 258 × runs zero bytes, 13 bits a run: a bomb.
    static func zeros(runs: Int) -> [UInt8] {
        var output: [UInt8] = []
        var bits: UInt64 = 0
        var width: UInt64 = 0
        func put(_ code: UInt64, _ length: UInt64) {
            bits |= code << width
            width += length
            while width >= 8 {
                output.append(UInt8(truncatingIfNeeded: bits))
                bits >>= 8
                width -= 8
            }
        }
        put(0b011, 3)  // last block, fixed codes
        put(0b0000_1100, 8)  // literal 0: code 00110000, most significant bit first
        for _ in 0..<runs { put(0b00000_10100011, 13) }  // length 258: code 11000101; then distance 1: code 00000
        put(0, 7)
        put(0, 7)
        return output
    }

    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        gzip(deflated: stored(bytes), crc: crc32(bytes), size: bytes.count)
    }

    static func gzip(deflated: [UInt8], crc: UInt32, size: Int) -> [UInt8] {
        [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + deflated + little(Int(crc), 4) + little(size, 4)
    }

    struct Entry {
        var name: String
        var contents: [UInt8]
        /// Deflated bytes to use in place of `contents` stored; `size` is then what the header claims.
        var deflated: [UInt8]?
        var size: Int?
    }

    static func zip(_ entries: [Entry]) -> [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let body = entry.deflated ?? entry.contents
            let shared =
                little(20, 2) + little(0, 2) + little(entry.deflated == nil ? 0 : 8, 2) + little(0, 4)
                + little(Int(crc32(entry.contents)), 4) + little(body.count, 4) + little(entry.size ?? entry.contents.count, 4)
                + little(entry.name.utf8.count, 2) + little(0, 2)
            directory +=
                [0x50, 0x4b, 1, 2, 20, 3] + shared + little(0, 6) + little(0o100644 << 16, 4) + little(file.count, 4)
                + Array(entry.name.utf8)
            file += [0x50, 0x4b, 3, 4] + shared + Array(entry.name.utf8) + body
        }
        let start = file.count
        return file + directory + [0x50, 0x4b, 5, 6] + little(0, 4) + little(entries.count, 2) + little(entries.count, 2)
            + little(directory.count, 4) + little(start, 4) + little(0, 2)
    }
}

/// A small repeatable source of bytes for hostile inputs (SplitMix64).
struct ByteSource {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
}
