/// The images of ``SpriteSubset`` in memory, a bit a pixel: generated sprites, or those of dSprites itself.
public struct SpriteImages: Hashable, Sendable {
    /// The frame's height and width in pixels, 32 or 64.
    public let side: Int
    private let packed: [UInt8]
    private var bytesPerImage: Int { side * side / 8 }

    /// Reads a file that ``SpriteGenerator/write(to:)`` wrote, or one of ``DSpritesArchive/subset(progress:)``.
    public init(path: String) throws(DatasetError) {
        // Room for side 64: 25,920,000 bytes of images and the header.
        try self.init(NPYArray(path: path, limit: 26_000_000), name: path)
    }

    /// Takes the array that ``SpriteGenerator/generate()`` gives; `name` is what errors call it.
    public init(_ array: NPYArray, name: String) throws(DatasetError) {
        guard array.element == .uint8, let side = [32, 64].first(where: { array.shape == [SpriteSubset.count, $0 * $0 / 8] }) else {
            throw .malformed(
                path: name,
                reason: "it holds \(array.element.rawValue) of shape \(array.shape), not bytes of shape [50625, 128] or [50625, 512]")
        }
        self.side = side
        packed = array.bytes
    }

    /// Unpacks one image to zeros and ones.
    ///
    /// - Parameter output: [side, side], overwritten.
    public func unpack(_ index: Int, into output: UnsafeMutableBufferPointer<Float>) {
        precondition(index >= 0 && index < SpriteSubset.count && output.count == side * side, "there is no such sprite or room for it")
        let start = index * bytesPerImage
        packed.withUnsafeBufferPointer { packed in
            for byte in 0..<bytesPerImage {
                let bits = packed[start + byte]
                for bit in 0..<8 { output[byte << 3 + bit] = Float((bits >> UInt8(7 - bit)) & 1) }
            }
        }
    }
}
