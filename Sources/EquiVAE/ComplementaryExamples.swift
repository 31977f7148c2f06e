import NeuralNetworks
import Numerics

/// Draws, for a training step, m + 1 distinct labelled images of every class: each is an x whose r is made from the m others, so that no x is
/// ever in its own r.
public struct ComplementaryExamples: Sendable {
    /// For each class its labelled images, as indices into the training part.
    public let pools: [[Int]]
    /// m
    public let count: Int

    /// - Throws: where a class has fewer than m + 1 labelled images: an x of it would lack complementary examples.
    public init(pools: [[Int]], count: Int) throws(ConfigurationError) {
        for (number, pool) in pools.enumerated() {
            try ConfigurationError.require(
                pool.count > count, "the number of labelled images of class \(number)", pool.count,
                "at least \(count + 1): an image and its \(count) complementary examples")
        }
        self.pools = pools
        self.count = count
    }

    public var classes: Int { pools.count }
    /// The images of a step: K · (m + 1), class by class.
    public var imagesPerStep: Int { classes * (count + 1) }

    /// The images of a training step, class by class; a class's m + 1 are drawn without replacement, in uniformly random order.
    public func draw(seed: UInt64, step: UInt32) -> [Int] {
        let philox = Philox(seed: seed)
        var images: [Int] = []
        images.reserveCapacity(imagesPerStep)
        for (number, pool) in pools.enumerated() {
            // The beginning of a Fisher–Yates shuffle, of which only the displaced entries are kept.
            var displaced: [Int: Int] = [:]
            for place in 0...count {
                let other =
                    place
                    + philox.integer(
                        below: pool.count - place, .classExamples, step: step, position: UInt64(number) << 16 | UInt64(place))
                images.append(pool[displaced[other] ?? other])
                displaced[other] = displaced[place] ?? place
            }
        }
        return images
    }
}
