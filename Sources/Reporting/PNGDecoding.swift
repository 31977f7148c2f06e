import CPNG

extension PNGImage {
    /// Decodes a PNG file, within the same bounds of size as any picture; transparent pixels are laid on white.
    public init(encoded bytes: [UInt8]) throws(ImageError) {
        let decoded: (width: Int, height: Int, colour: Colour, pixels: [UInt8])
        do {
            // Both calls read from the same memory, so it must stay in place from the first to the last.
            decoded = try bytes.withUnsafeBytes { memory in
                var image = png_image()
                image.version = png_uint_32(PNG_IMAGE_VERSION)
                defer { png_image_free(&image) }
                guard png_image_begin_read_from_memory(&image, memory.baseAddress, memory.count) != 0 else { throw Self.failure(&image) }
                let width = Int(image.width)
                let height = Int(image.height)
                try Self.checkSize(width: width, height: height)
                let colour: Colour = image.format & png_uint_32(PNG_FORMAT_FLAG_COLOR) != 0 ? .rgb : .grey
                image.format = colour == .grey ? reprise_png_format_grey() : reprise_png_format_rgb()
                var pixels = [UInt8](repeating: 0, count: width * height * colour.rawValue)
                var white = png_color(red: 255, green: 255, blue: 255)
                guard png_image_finish_read(&image, &white, &pixels, 0, nil) != 0 else { throw Self.failure(&image) }
                return (width, height, colour, pixels)
            }
        } catch let error as ImageError { throw error } catch { throw .encoder(reason: "\(error)") }
        try self.init(width: decoded.width, height: decoded.height, colour: decoded.colour, pixels: decoded.pixels)
    }
}
