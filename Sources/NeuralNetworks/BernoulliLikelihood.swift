import Numerics

/// p(x | z) as one Bernoulli per pixel and channel, for targets in [0, 1] that need not be binary: −log p = −x log p − (1 − x) log(1 − p).
///
/// Probabilities are clamped to [ε, 1 − ε], ε = 2⁻²³, as torch's Bernoulli does, and as there a clamped probability has no gradient.
public enum BernoulliLikelihood {
    /// Σ over the batch, nats; `rows`, where given, receives each example's own.
    public static func negativeLogLikelihood(
        probability: Matrix, target: Matrix, rows: UnsafeMutableBufferPointer<Double>? = nil, elementwise: Elementwise
    ) -> Double {
        elementwise.bernoulli(probability: probability, target: target, rowSums: rows)
    }

    /// Σ over the batch, nats, and into `argumentGradient` scale times its gradient by the arguments of the sigmoids that made the
    /// probabilities: p − x, in which the sigmoid's p (1 − p) and the likelihood's 1 / (p (1 − p)) have cancelled.
    public static func negativeLogLikelihood(
        probability: Matrix, target: Matrix, scale: Float, argumentGradient: Matrix, elementwise: Elementwise
    ) -> Double {
        elementwise.bernoulli(probability: probability, target: target, scale: scale, gradient: argumentGradient)
    }

    /// Writes −log p of each row, nats, into `rows`, where row i is compared with the target's row `targetRows[i]`.
    ///
    /// - Parameters:
    ///   - probability: sigmoid outputs, [M, D].
    ///   - target: [N, D].
    ///   - weights: of each row in a loss; where absent all are 1.
    ///   - argumentGradient: where given, receives the derivative of Σ weights_i · (−log p_i) by the sigmoids' arguments, [M, D].
    public static func negativeLogLikelihood(
        probability: Matrix, target: Matrix, targetRows: [Int], weights: [Float]?, argumentGradient: Matrix?, rows: inout [Double],
        elementwise: Elementwise
    ) {
        rows.withUnsafeMutableBufferPointer { rows in
            elementwise.bernoulli(
                probability: probability, target: target, targetRows: targetRows, scales: weights, gradient: argumentGradient, rowSums: rows
            )
        }
    }
}
