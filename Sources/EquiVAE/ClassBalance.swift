import NeuralNetworks
import Numerics

/// H(q̄), the entropy in nats of the mean q̄ of q(y | x) over some images: log K where they are spread evenly over the classes.
struct ClassBalance {
    let entropy: Double
    private let distribution: Categorical
    private let logMeans: [Double]

    init(_ distribution: Categorical, rows: Range<Int>) {
        self.distribution = distribution
        let count = Double(max(1, rows.count))
        // Never 0, so that the logarithm is finite.
        let means = (0..<distribution.classes).map { label in
            max(rows.reduce(0) { $0 + distribution.probability(label, row: $1) } / count, 1e-30)
        }
        logMeans = means.map(PortableMath.logarithm)
        entropy = rows.isEmpty ? 0 : -zip(means, logMeans).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// The derivative of (number of images) · H(q̄) by a logit of one of the images: q_j (Σ_k q_k log q̄_k − log q̄_j).
    func logitGradient(_ label: Int, row: Int) -> Double {
        let mean = (0..<distribution.classes).reduce(0) { $0 + distribution.probability($1, row: row) * logMeans[$1] }
        return distribution.probability(label, row: row) * (mean - logMeans[label])
    }
}
