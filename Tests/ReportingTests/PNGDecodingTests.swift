import Reporting
import Testing

@Suite("Decoding PNG")
struct PNGDecodingTests {
    @Test("a picture survives the way into a file and back")
    func roundTrip() throws {
        let grey = try PNGImage(width: 2, height: 1, colour: .grey, pixels: [3, 250])
        let rgb = try PNGImage(width: 1, height: 2, colour: .rgb, pixels: [1, 2, 3, 4, 5, 6])
        #expect(try PNGImage(encoded: grey.encoded()) == grey)
        #expect(try PNGImage(encoded: rgb.encoded()) == rgb)
    }

    @Test("a picture of a figure's size survives the way into a file and back")
    func largePicture() throws {
        let pixels = (0..<494 * 395).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) }
        let picture = try PNGImage(width: 494, height: 395, colour: .grey, pixels: pixels)
        #expect(try PNGImage(encoded: picture.encoded()) == picture)
    }

    @Test("bytes that are no whole PNG are refused")
    func refused() throws {
        let bytes = try PNGImage(width: 9, height: 9, colour: .grey, pixels: [UInt8](repeating: 7, count: 81)).encoded()
        #expect(throws: ImageError.self) { try PNGImage(encoded: []) }
        for count in 0..<bytes.count - 12 { #expect(throws: ImageError.self) { try PNGImage(encoded: Array(bytes.prefix(count))) } }
        var wide = bytes
        // The width in the header, far beyond any bound.
        wide[16] = 0x7f
        #expect(throws: ImageError.self) { try PNGImage(encoded: wide) }
    }
}
