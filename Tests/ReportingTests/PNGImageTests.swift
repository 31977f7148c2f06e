import Reporting
import Testing

@Suite("A PNG picture")
struct PNGImageTests {
    /// Decodes with libpng's reader, the way any viewer would.
    private func decode(_ bytes: [UInt8], channels: Int) -> (width: Int, height: Int, pixels: [UInt8])? {
        guard let image = try? PNGImage(encoded: bytes), image.colour.rawValue == channels else { return nil }
        return (image.width, image.height, image.pixels)
    }

    @Test("gives back the grey bytes it was made from")
    func greyRoundTrip() throws {
        let pixels = (0..<35).map { UInt8($0 * 7) }
        let bytes = try PNGImage(width: 7, height: 5, colour: .grey, pixels: pixels).encoded()
        let decoded = try #require(decode(bytes, channels: 1))
        #expect(decoded.width == 7)
        #expect(decoded.height == 5)
        #expect(decoded.pixels == pixels)
    }

    @Test("interleaves a channel-first frame's colours")
    func colourRoundTrip() throws {
        // Two pixels: red, then half-bright blue.
        let image = try PNGImage(frame: [1, 0, 0, 0, 0, 0.5], channels: 3, height: 1, width: 2)
        let decoded = try #require(decode(try image.encoded(), channels: 3))
        #expect(decoded.pixels == [255, 0, 0, 0, 0, 128])
    }

    @Test("clamps values outside [0, 1] and draws NaN as black")
    func clamping() throws {
        let frame: [Float] = [-1, 2, .nan, .infinity, -.infinity, 0.25]
        #expect(try PNGImage(frame: frame, channels: 1, height: 2, width: 3).pixels == [0, 255, 0, 255, 0, 64])
    }

    @Test("has the same bytes each time")
    func determinism() throws {
        let image = try Sample.picture().image
        #expect(try image.encoded() == image.encoded())
    }

    @Test(
        "refuses sides and areas that are not drawable", arguments: [(0, 4), (4, -1), (1 << 16, 1), (1 << 15, 1 << 15), (Int.max, Int.max)])
    func badSizes(width: Int, height: Int) {
        #expect(throws: ImageError.size(width: width, height: height)) {
            try PNGImage(width: width, height: height, colour: .grey, pixels: [])
        }
    }

    @Test("refuses a frame of two channels and one of the wrong length")
    func badFrames() {
        #expect(throws: ImageError.channels(2)) { try PNGImage(frame: [0, 0], channels: 2, height: 1, width: 1) }
        #expect(throws: ImageError.count(expected: 12, found: 11)) {
            try PNGImage(frame: [Float](repeating: 0, count: 11), channels: 3, height: 2, width: 2)
        }
    }

    @Test("encodes a value as the nearest byte, and is one row high or one column wide without trouble")
    func thinPictures() throws {
        for (width, height) in [(1, 300), (300, 1)] {
            let pixels = (0..<300).map { UInt8($0 % 256) }
            let bytes = try PNGImage(width: width, height: height, colour: .grey, pixels: pixels).encoded()
            #expect(decode(bytes, channels: 1)?.pixels == pixels)
        }
    }
}

@Suite("A grid of frames")
struct ImageGridTests {
    @Test("tiles frames with gaps between them and none at the border")
    func layout() throws {
        var grid = try ImageGrid(channels: 1, height: 1, width: 2, gap: 1, scale: 1, background: 1)
        try grid.append(row: [[0, 0.2], [0.4, 0.6]])
        try grid.append(row: [[0.8, 0]])
        let image = try grid.image()
        #expect(image.width == 5)
        #expect(image.height == 3)
        #expect(
            image.pixels == [
                0, 51, 255, 102, 153,
                255, 255, 255, 255, 255,
                204, 0, 255, 255, 255,
            ])
    }

    @Test("turns each value into a square when scaled up")
    func scaling() throws {
        var grid = try ImageGrid(channels: 3, height: 1, width: 1, gap: 0, scale: 2)
        try grid.append(row: [[1, 0, 1]])
        let image = try grid.image()
        #expect(image.pixels == Array(repeating: [255, 0, 255], count: 4).flatMap { $0 })
    }

    @Test("refuses frames of another shape, no frames at all, and hostile sizes")
    func refusals() throws {
        var grid = try ImageGrid(channels: 1, height: 2, width: 2)
        #expect(throws: ImageError.count(expected: 4, found: 3)) { try grid.append(row: [[0, 0, 0]]) }
        #expect(throws: ImageError.self) { try grid.image() }
        try grid.append(row: [])
        #expect(throws: ImageError.self) { try grid.image() }
        #expect(throws: ImageError.self) { try ImageGrid(channels: 1, height: 2, width: 2, gap: -1) }
        #expect(throws: ImageError.self) { try ImageGrid(channels: 1, height: 2, width: 2, gap: .max) }
        #expect(throws: ImageError.self) { try ImageGrid(channels: 1, height: 2, width: 2, scale: 0) }
        #expect(throws: ImageError.self) { try ImageGrid(channels: 1, height: 2, width: 2, scale: .max) }
        #expect(throws: ImageError.channels(4)) { try ImageGrid(channels: 4, height: 2, width: 2) }
    }
}
