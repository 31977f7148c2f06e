import CPNG

/// A grey or RGB picture of 8 bits a channel, encoded as PNG by libpng. The same pixels give the same bytes on one version of libpng and zlib.
public struct PNGImage: Hashable, Sendable {
    /// How many bytes a pixel takes, and what they mean.
    public enum Colour: Int, Hashable, Sendable {
        case grey = 1
        case rgb = 3
    }

    public static let largestSide = 1 << 15
    public static let largestArea = 1 << 26

    public let width: Int
    public let height: Int
    public let colour: Colour
    /// [height, width, bytes of a pixel], rows top to bottom.
    public let pixels: [UInt8]

    /// A picture from bytes in [height, width, bytes of a pixel] order.
    public init(width: Int, height: Int, colour: Colour, pixels: [UInt8]) throws(ImageError) {
        try Self.checkSize(width: width, height: height)
        let expected = width * height * colour.rawValue
        guard pixels.count == expected else { throw .count(expected: expected, found: pixels.count) }
        self.width = width
        self.height = height
        self.colour = colour
        self.pixels = pixels
    }

    /// A picture from one channel-first frame.
    ///
    /// - Parameter frame: [channels, height, width] in [0, 1]; values outside are clamped, NaN is drawn as 0.
    public init(frame: [Float], channels: Int, height: Int, width: Int) throws(ImageError) {
        guard let colour = Colour(rawValue: channels) else { throw .channels(channels) }
        try Self.checkSize(width: width, height: height)
        let area = width * height
        guard frame.count == area * channels else { throw .count(expected: area * channels, found: frame.count) }
        var pixels = [UInt8](repeating: 0, count: frame.count)
        for channel in 0..<channels {
            for position in 0..<area {
                pixels[position * channels + channel] = Self.byte(frame[channel * area + position])
            }
        }
        try self.init(width: width, height: height, colour: colour, pixels: pixels)
    }

    /// The PNG file's bytes.
    public func encoded() throws(ImageError) -> [UInt8] {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        image.width = png_uint_32(width)
        image.height = png_uint_32(height)
        image.format = colour == .grey ? reprise_png_format_grey() : reprise_png_format_rgb()

        // libpng is asked for the size first, then for the bytes; both passes compress, which small pictures can afford.
        var size: png_alloc_size_t = 0
        guard png_image_write_to_memory(&image, nil, &size, 0, pixels, 0, nil) != 0 else { throw Self.failure(&image) }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        guard png_image_write_to_memory(&image, &bytes, &size, 0, pixels, 0, nil) != 0 else { throw Self.failure(&image) }
        return Array(bytes.prefix(Int(size)))
    }

    /// A value in [0, 1] as a byte, rounded to nearest.
    package static func byte(_ value: Float) -> UInt8 {
        value > 0 ? UInt8((min(value, 1) * 255).rounded()) : 0
    }

    package static func checkSize(width: Int, height: Int) throws(ImageError) {
        let sides = 1...largestSide
        guard sides.contains(width), sides.contains(height), width * height <= largestArea else {
            throw .size(width: width, height: height)
        }
    }

    static func failure(_ image: inout png_image) -> ImageError {
        let reason = withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        png_image_free(&image)
        return .encoder(reason: reason)
    }
}
