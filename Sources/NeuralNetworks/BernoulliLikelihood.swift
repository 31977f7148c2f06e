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
}
