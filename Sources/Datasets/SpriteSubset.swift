/// The part of dSprites that the Topographic VAE is trained on: 3 shapes × the 5 largest scales × every other of the first 30 orientations,
/// x and y = 50,625 images.
///
/// An image's index is the mixed-radix number of (shape, scale, orientation, x, y), shape counting slowest.
public enum SpriteSubset {
    public static let shapeCount = 3
    public static let scaleCount = 5
    public static let orientationCount = 15
    public static let positionCount = 15
    public static let count = shapeCount * scaleCount * orientationCount * positionCount * positionCount

    /// An image's place in the subset.
    public struct Position: Hashable, Sendable {
        public var shape: Int
        public var scale: Int
        public var orientation: Int
        public var x: Int
        public var y: Int

        /// - Precondition: 0 ≤ `index` < ``SpriteSubset/count``.
        public init(index: Int) {
            precondition(index >= 0 && index < SpriteSubset.count, "there is no sprite \(index)")
            var rest = index
            func digit(_ radix: Int) -> Int {
                defer { rest /= radix }
                return rest % radix
            }
            y = digit(positionCount)
            x = digit(positionCount)
            orientation = digit(orientationCount)
            scale = digit(scaleCount)
            shape = rest
        }

        public var index: Int {
            (((shape * scaleCount + scale) * orientationCount + orientation) * positionCount + x) * positionCount + y
        }

        /// The same image in dSprites' full grid.
        public var latents: SpriteLatents {
            SpriteLatents(SpriteShape.allCases[shape], scale + 1, 2 * orientation, 2 * x, 2 * y)
        }
    }
}
