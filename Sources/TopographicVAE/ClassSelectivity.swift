import Numerics

/// Which classes each latent responds to: the discriminability index of every class against all others.
///
///     d′ = (mean_c − mean_rest) / √((variance_c + variance_rest) / 2)
///
/// Source: the authors' code for figure 3 of Keller and Welling 2021, which calls a latent selective for a class where d′ ≥ 0.85. (There a
/// later class overwrites an earlier one; here the largest d′ counts.)
public struct ClassSelectivity: Hashable, Sendable {
    /// From here on a latent counts as selective.
    public static let threshold = 0.85

    /// [class][latent]. nil where a class, or everything else, has fewer than two examples; 0 where nothing varies.
    public let discriminability: [[Double]?]

    /// - Parameters:
    ///   - activations: [N, s].
    ///   - labels: [N], each below `classCount`.
    public init(activations: Matrix, labels: [Int], classCount: Int) {
        let latents = activations.columns
        var counts = [Double](repeating: 0, count: classCount)
        for label in labels { counts[label] += 1 }
        let total = Double(labels.count)

        // Two passes, means first: sums of squares of activations far from 0 would cancel.
        var sums = [[Double]](repeating: [Double](repeating: 0, count: latents), count: classCount)
        for (example, label) in labels.enumerated() {
            let row = activations.row(example)
            for latent in 0..<latents { sums[label][latent] += Double(row[latent]) }
        }
        let means = zip(sums, counts).map { sums, count in sums.map { $0 / max(1, count) } }
        var squares = [[Double]](repeating: [Double](repeating: 0, count: latents), count: classCount)
        for (example, label) in labels.enumerated() {
            let row = activations.row(example)
            for latent in 0..<latents {
                let deviation = Double(row[latent]) - means[label][latent]
                squares[label][latent] += deviation * deviation
            }
        }

        discriminability = (0..<classCount).map { own in
            let (count, rest) = (counts[own], total - counts[own])
            guard count >= 2, rest >= 2 else { return nil }
            return (0..<latents).map { latent in
                var restSum = 0.0
                for other in 0..<classCount where other != own { restSum += sums[other][latent] }
                let restMean = restSum / rest
                // The spread of the rest: within its classes, and of its classes' means about their own mean.
                var restSquares = 0.0
                for other in 0..<classCount where other != own {
                    let shift = means[other][latent] - restMean
                    restSquares += squares[other][latent] + counts[other] * shift * shift
                }
                let variance = (squares[own][latent] / (count - 1) + restSquares / (rest - 1)) / 2
                return variance > 0 ? (means[own][latent] - restMean) / variance.squareRoot() : 0
            }
        }
    }

    /// The class that the latent responds to most, and how much; nil without classes to tell apart.
    public func preferred(_ latent: Int) -> (label: Int, discriminability: Double)? {
        var best: (label: Int, discriminability: Double)?
        for (label, values) in discriminability.enumerated() {
            guard let value = values?[latent], value > best?.discriminability ?? -.infinity else { continue }
            best = (label, value)
        }
        return best
    }

    /// The class that the latent is selective for, nil where no d′ reaches ``threshold``.
    public func selectedClass(_ latent: Int) -> Int? {
        preferred(latent).flatMap { $0.discriminability >= ClassSelectivity.threshold ? $0.label : nil }
    }
}
