/// Draws binary images like dSprites', at its own resolution or half of it.
///
/// A pixel is set where its centre lies in the shape. Only products, quotients and sums of IEEE doubles and tabulated cosines decide, so the
/// bytes are the same on every machine and their SHA-256 is part of the data set's artifact.
public struct SpriteGenerator: Hashable, Sendable {
    /// The frame's height and width in pixels, 32 or 64.
    public let side: Int

    /// - Throws: ``DatasetError/invalidParameter(name:reason:)`` for any other side.
    public init(side: Int) throws(DatasetError) {
        guard side == 32 || side == 64 else { throw .invalidParameter(name: "side", reason: "\(side) is neither 32 nor 64") }
        self.side = side
    }

    /// The size of one image: a bit a pixel, rows top to bottom, the leftmost pixel in a byte's highest bit (`numpy.packbits`).
    public var bytesPerImage: Int { side * side / 8 }

    /// One image, packed.
    public func packedImage(_ latents: SpriteLatents) -> [UInt8] {
        var image = [UInt8](repeating: 0, count: bytesPerImage)
        image.withUnsafeMutableBufferPointer { draw(latents, into: $0) }
        return image
    }

    /// All images of ``SpriteSubset`` in its order: unsigned bytes, [50625, side² / 8].
    public func generate() throws(DatasetError) -> NPYArray {
        var images = [UInt8](repeating: 0, count: SpriteSubset.count * bytesPerImage)
        images.withUnsafeMutableBufferPointer { images in
            for index in 0..<SpriteSubset.count {
                draw(
                    SpriteSubset.Position(index: index).latents,
                    into: UnsafeMutableBufferPointer(rebasing: images[(index * bytesPerImage)..<((index + 1) * bytesPerImage)]))
            }
        }
        return try NPYArray(uint8s: images, shape: [SpriteSubset.count, bytesPerImage])
    }

    /// Writes ``generate()``'s images as a `.npy` file.
    public func write(to path: String) throws(DatasetError) {
        try generate().write(to: path)
    }

    /// - Parameter image: all zero.
    private func draw(_ latents: SpriteLatents, into image: UnsafeMutableBufferPointer<UInt8>) {
        // Pixels are 64 / side sixty-fourths wide: 1 or 2.
        let pixel = Double(64 / side)
        let scale = SpriteLatents.scales[latents.scale]
        let (cosine, sine) = SpriteLatents.cosinesAndSines[latents.orientation]
        let centreX = SpriteLatents.centre(latents.x)
        let centreY = SpriteLatents.centre(latents.y)
        let reach = SpriteShape.reach * scale
        func range(_ centre: Double) -> Range<Int> {
            max(0, Int((centre - reach) / pixel))..<min(side, Int((centre + reach) / pixel) + 1)
        }
        let shape = latents.shape
        let columns = range(centreX)
        for row in range(centreY) {
            let down = (Double(row) + 0.5) * pixel - centreY
            for column in columns {
                let right = (Double(column) + 0.5) * pixel - centreX
                // Counter-clockwise on the screen, whose v axis points down.
                let u = (cosine * right - sine * down) / scale
                let v = (sine * right + cosine * down) / scale
                if shape.contains(u, v) { image[(row * side + column) >> 3] |= 0x80 >> UInt8(column & 7) }
            }
        }
    }
}
