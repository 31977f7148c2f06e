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

/// The invariant representations that a training step uses, from f of its K · (m + 1) labelled images.
///
/// Row i < K · (m + 1) is r of labelled image i: the mean of f over the m OTHER images of its class (Feige 2019: "r_y = (1/m) Σ f(x_i)", x
/// itself left out). Row K · (m + 1) + y is r of class y for images outside the class's draw: the mean over its first m.
struct ClassRepresentations {
    let classes: Int
    /// m
    let count: Int

    var labelledRows: Int { classes * (count + 1) }
    var rows: Int { labelledRows + classes }

    /// Fills r [rows, R] from f of the labelled images, the first K · (m + 1) rows of `terms`. Sums run over a class's images in order, in double, rounded once.
    func forward(_ terms: Matrix, into representations: Matrix) {
        precondition(terms.rows >= labelledRows && representations.rows == rows && terms.columns == representations.columns)
        let size = terms.columns
        for number in 0..<classes {
            let first = number * (count + 1)
            for column in 0..<size {
                for left in 0...count {
                    var sum = 0.0
                    for image in 0...count where image != left { sum += Double(terms.pointer[(first + image) * size + column]) }
                    let mean = Float(sum / Double(count))
                    representations.pointer[(first + left) * size + column] = mean
                    // Leaving out the last is the mean over the first m.
                    if left == count { representations.pointer[(labelledRows + number) * size + column] = mean }
                }
            }
        }
    }

    /// The gradient by f of the labelled images from the gradient by r.
    func backward(_ gradient: Matrix, into termsGradient: Matrix) {
        let size = gradient.columns
        for number in 0..<classes {
            let first = number * (count + 1)
            for column in 0..<size {
                let shared = Double(gradient.pointer[(labelledRows + number) * size + column])
                for image in 0...count {
                    var sum = image < count ? shared : 0
                    for left in 0...count where left != image { sum += Double(gradient.pointer[(first + left) * size + column]) }
                    termsGradient.pointer[(first + image) * size + column] = Float(sum / Double(count))
                }
            }
        }
    }
}
