import Numerics

/// How each latent varies with an attribute of the images within their classes: Pearson's correlation once each class's means are taken away
/// from both. Across classes it would repeat the class map, since ones are narrow and slanted and noughts are neither.
public struct StyleCorrelation: Hashable, Sendable {
    /// [latent]; 0 where nothing varies.
    public let correlations: [Double]

    /// - Parameters:
    ///   - activations: [N, s].
    ///   - attribute: [N]; images without a value are left out.
    ///   - labels: [N], each below `classCount`.
    public init(activations: Matrix, attribute: [Double?], labels: [Int], classCount: Int) {
        let latents = activations.columns
        var counts = [Double](repeating: 0, count: classCount)
        var attributeMeans = [Double](repeating: 0, count: classCount)
        var means = [[Double]](repeating: [Double](repeating: 0, count: latents), count: classCount)
        for (example, label) in labels.enumerated() {
            guard let value = attribute[example] else { continue }
            counts[label] += 1
            attributeMeans[label] += value
            let row = activations.row(example)
            for latent in 0..<latents { means[label][latent] += Double(row[latent]) }
        }
        for label in 0..<classCount where counts[label] > 0 {
            attributeMeans[label] /= counts[label]
            for latent in 0..<latents { means[label][latent] /= counts[label] }
        }
        var attributeSquares = 0.0
        var squares = [Double](repeating: 0, count: latents)
        var products = [Double](repeating: 0, count: latents)
        for (example, label) in labels.enumerated() {
            guard let value = attribute[example] else { continue }
            let deviation = value - attributeMeans[label]
            attributeSquares += deviation * deviation
            let row = activations.row(example)
            for latent in 0..<latents {
                let own = Double(row[latent]) - means[label][latent]
                squares[latent] += own * own
                products[latent] += own * deviation
            }
        }
        correlations = (0..<latents).map { latent in
            let scale = (squares[latent] * attributeSquares).squareRoot()
            return scale > 0 ? products[latent] / scale : 0
        }
    }
}
