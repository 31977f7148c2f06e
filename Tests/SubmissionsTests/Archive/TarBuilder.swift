import Foundation
import Submissions

/// Builds tar archives by hand, right or wrong.
struct TarBuilder {
    private(set) var bytes: [UInt8] = []

    /// Appends an entry whose header may be changed before its checksum is made (`change`) and after (`damage`).
    mutating func add(
        _ name: String, _ contents: [UInt8] = [], type: Character = "0", size: Int? = nil, prefix: [UInt8] = [],
        change: (inout [UInt8]) -> Void = { _ in }, damage: (inout [UInt8]) -> Void = { _ in }
    ) {
        add(name: Array(name.utf8), contents, type: type, size: size, prefix: prefix, change: change, damage: damage)
    }

    mutating func add(
        name: [UInt8], _ contents: [UInt8] = [], type: Character = "0", size: Int? = nil, prefix: [UInt8] = [],
        change: (inout [UInt8]) -> Void = { _ in }, damage: (inout [UInt8]) -> Void = { _ in }
    ) {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: some Sequence<UInt8>, at position: Int) { header.replace(text, at: position) }
        put(name, at: 0)
        put("0000644".utf8, at: 100)
        put("0000000".utf8, at: 108)
        put("0000000".utf8, at: 116)
        put(TarBuilder.octal(size ?? contents.count, digits: 11), at: 124)
        put("00000000000".utf8, at: 136)
        put([type.asciiValue ?? 0], at: 156)
        put("ustar\u{0}00".utf8, at: 257)
        put("0000000".utf8, at: 329)
        put("0000000".utf8, at: 337)
        put(prefix, at: 345)
        change(&header)
        header.replace(TarBuilder.sum(of: header), at: 148)
        damage(&header)
        bytes += header + contents
        bytes += [UInt8](repeating: 0, count: -contents.count & 511)
    }

    mutating func add(raw: [UInt8]) { bytes += raw }

    /// Two blocks of zeros.
    mutating func end() { bytes += [UInt8](repeating: 0, count: 1024) }

    static func sum(of header: [UInt8]) -> [UInt8] {
        let sum = header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
        return octal(sum, digits: 6) + [0, 0x20]
    }

    static func octal(_ number: Int, digits: Int) -> [UInt8] {
        let text = String(number, radix: 8)
        return Array((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8)
    }

    /// One Zstandard frame.
    static func compressed(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> [UInt8] {
        let path = "\(folder.path)/compressed-\(UUID().uuidString)"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        defer {
            close(descriptor)
            unlink(path)
        }
        let writer = try ZstandardWriter(descriptor: descriptor, file: path)
        try writer.write(bytes)
        try writer.finish()
        return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
}

extension [UInt8] {
    mutating func replace(_ bytes: some Sequence<UInt8>, at position: Int) {
        for (offset, byte) in bytes.enumerated() { self[position + offset] = byte }
    }
}
