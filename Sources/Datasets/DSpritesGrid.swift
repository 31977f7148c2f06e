/// The layout of a dSprites archive: how many values each latent factor has, and which of them are kept.
///
/// The images are stored in the order of their latent values, the first factor counting slowest, so an image's number is a mixed-radix number of them.
public struct DSpritesGrid: Hashable, Sendable {
    public struct Factor: Hashable, Sendable {
        public var name: String
        /// The number of values in the archive.
        public var size: Int
        /// The values that are kept, ascending.
        public var kept: [Int]

        /// - Precondition: `kept` ascends within 0 ..< `size`.
        public init(_ name: String, size: Int, kept: [Int]) {
            precondition(
                kept.allSatisfy { $0 >= 0 && $0 < size } && zip(kept, kept.dropFirst()).allSatisfy { $0 < $1 },
                "the kept values of \(name) do not ascend within 0 ..< \(size)")
            self.name = name
            self.size = size
            self.kept = kept
        }
    }

    /// Slowest first.
    public var factors: [Factor]
    /// An image's height and width in pixels; a multiple of 8, so that rows are whole bytes of bits.
    public var side: Int

    public init(factors: [Factor], side: Int) {
        precondition(side > 0 && side.isMultiple(of: 8) && side <= 256, "an image's side is a multiple of 8, at most 256")
        self.factors = factors
        self.side = side
    }

    /// dSprites as published (Matthey, Higgins, Hassabis, Lerchner 2017), of which ``SpriteSubset``'s images are kept: those that the Topographic VAE
    /// is trained on.
    public static let published = DSpritesGrid(
        factors: [
            Factor("shape", size: SpriteShape.allCases.count, kept: Array(0..<SpriteSubset.shapeCount)),
            Factor("scale", size: SpriteLatents.scales.count, kept: (0..<SpriteSubset.scaleCount).map { $0 + 1 }),
            Factor("orientation", size: SpriteLatents.orientationCount, kept: (0..<SpriteSubset.orientationCount).map { 2 * $0 }),
            Factor("x", size: SpriteLatents.positionCount, kept: (0..<SpriteSubset.positionCount).map { 2 * $0 }),
            Factor("y", size: SpriteLatents.positionCount, kept: (0..<SpriteSubset.positionCount).map { 2 * $0 }),
        ], side: 64)

    /// The number of images in the archive.
    public var imageCount: Int { factors.reduce(1) { $0 * $1.size } }
    /// The number of images that are kept.
    public var keptCount: Int { factors.reduce(1) { $0 * $1.kept.count } }
    /// The bytes of a kept image, a bit a pixel.
    public var packedImageSize: Int { side * side / 8 }
}
