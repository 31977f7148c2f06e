import CZlib
import Foundation

/// Writes MATLAB 5.0 files, good and hostile, as the format's description has them; it shares nothing with the reader.
struct MATFileWriter {
    var isBigEndian = false
    /// Whether each array is in a zlib stream.
    var isCompressed = false
    var version: UInt32 = 0x0100

    struct Array {
        var name = "A"
        var arrayClass: UInt32 = 9
        var flags: UInt32 = 0
        var axes: [Int32]
        var storage: UInt32 = 2
        var elements: [UInt8]
        /// Whether parts of at most four bytes lie in their tags, as MATLAB has it.
        var usesSmallElements = true
        /// What the array says its size is; nil is the truth.
        var declaredSize: Int?
        /// Whether the elements are followed by bytes up to a multiple of eight.
        var isPadded = true
    }

    func integer(_ value: UInt64, _ size: Int) -> [UInt8] {
        let little = (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
        return isBigEndian ? little.reversed() : little
    }

    func word(_ value: Int) -> [UInt8] { integer(UInt64(bitPattern: Int64(value)), 4) }

    func tag(_ type: UInt32, _ size: Int) -> [UInt8] { word(Int(type)) + word(size) }

    func element(_ type: UInt32, _ contents: [UInt8], small: Bool, padded: Bool = true) -> [UInt8] {
        if small, (1...4).contains(contents.count) {
            return word(Int(type) | contents.count << 16) + contents + [UInt8](repeating: 0, count: 4 - contents.count)
        }
        return tag(type, contents.count) + contents + [UInt8](repeating: 0, count: padded ? -contents.count & 7 : 0)
    }

    func matrix(_ array: Array) -> [UInt8] {
        let parts =
            element(6, word(Int(array.arrayClass | array.flags)) + word(0), small: false)
            + element(5, array.axes.flatMap { word(Int($0)) }, small: array.usesSmallElements)
            + element(1, Swift.Array(array.name.utf8), small: array.usesSmallElements)
            + element(array.storage, array.elements, small: array.usesSmallElements, padded: array.isPadded)
        return tag(14, array.declaredSize ?? parts.count) + parts
    }

    var header: [UInt8] {
        var text = Swift.Array("MATLAB 5.0 MAT-file, written by a test".utf8)
        text += [UInt8](repeating: UInt8(ascii: " "), count: 116 - text.count) + [UInt8](repeating: 0, count: 8)
        return text + integer(UInt64(version), 2) + (isBigEndian ? [0x4d, 0x49] : [0x49, 0x4d])
    }

    func compressed(_ stream: [UInt8]) -> [UInt8] { tag(15, stream.count) + stream }

    func file(_ arrays: [Array]) -> [UInt8] {
        header + arrays.flatMap { isCompressed ? compressed(MATFileWriter.zlib(matrix($0))) : matrix($0) }
    }

    /// A zlib stream, by zlib.
    static func zlib(_ bytes: [UInt8]) -> [UInt8] {
        var size = compressBound(UInt(bytes.count))
        var packed = [UInt8](repeating: 0, count: Int(size))
        precondition(compress(&packed, &size, bytes, UInt(bytes.count)) == Z_OK, "zlib refused")
        return Swift.Array(packed[..<Int(size)])
    }

    /// A zlib stream of deflated bytes, with the checksum of `bytes`.
    static func zlib(deflated: [UInt8], of bytes: [UInt8]) -> [UInt8] {
        let sum = adler32(1, bytes, UInt32(bytes.count))
        return [0x78, 0x01] + deflated + (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt($0))) }
    }

    // MARK: SVHN

    /// `X` as SVHN has it, from images that are [count, 32, 32, 3], channel last.
    static func images(_ pixels: [UInt8]) -> Array {
        let count = pixels.count / 3072
        var elements: [UInt8] = []
        for image in 0..<count {
            for channel in 0..<3 {
                for column in 0..<32 {
                    for row in 0..<32 { elements.append(pixels[image * 3072 + row * 96 + column * 3 + channel]) }
                }
            }
        }
        return Array(name: "X", axes: [32, 32, 3, Int32(count)], elements: elements)
    }

    /// `y` as SVHN has it: doubles, stored as bytes.
    static func labels(_ labels: [UInt8]) -> Array { Array(name: "y", arrayClass: 6, axes: [Int32(labels.count), 1], elements: labels) }
}
