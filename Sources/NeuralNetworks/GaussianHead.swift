import Numerics

/// A diagonal Gaussian q(z | x) = N(mean, exp(logVariance)) per example, its reparameterised sample and its divergence from N(0, I).
///
/// Source: Kingma and Welling, "Auto-Encoding Variational Bayes", ICLR 2014, section 2.4 and appendix B.
public final class GaussianHead {
    /// The number of latent variables s.
    public let size: Int
    /// ε ~ N(0, I), [rows, s]: filled by whoever draws.
    public let noise: Matrix
    /// exp(logVariance / 2), [rows, s].
    public let deviation: Matrix
    /// mean + deviation · ε, [rows, s].
    public let sample: Matrix

    public init(size: Int, rows: Int) {
        self.size = size
        noise = Matrix(rows: rows, columns: size)
        deviation = Matrix(rows: rows, columns: size)
        sample = Matrix(rows: rows, columns: size)
    }

    /// Draws the sample from an encoder's output [rows, 2s] (means, then log-variances) with the ``noise`` as it is.
    public func reparameterize(_ encoded: Matrix, elementwise: Elementwise) {
        elementwise.gaussianSample(head: encoded, noise: noise, deviation: deviation, sample: sample)
    }

    /// Σ over the batch of KL(q(z | x) ‖ N(0, I)), nats; after ``reparameterize(_:elementwise:)``.
    public func divergence(_ encoded: Matrix, elementwise: Elementwise) -> Double {
        elementwise.gaussianDivergence(head: encoded, deviation: deviation)
    }

    /// The gradient by the encoder's output of a loss that reaches it through the sample, plus scale · KL.
    public func backward(
        sampleGradient: Matrix, encoded: Matrix, divergenceScale: Float, encodedGradient: Matrix, elementwise: Elementwise
    ) {
        elementwise.gaussianGradient(
            sampleGradient: sampleGradient, head: encoded, deviation: deviation, noise: noise, scale: divergenceScale,
            headGradient: encodedGradient)
    }

    /// The same with a scale of KL for each example.
    public func backward(
        sampleGradient: Matrix, encoded: Matrix, divergenceWeights: [Float], encodedGradient: Matrix, elementwise: Elementwise
    ) {
        elementwise.gaussianGradient(
            sampleGradient: sampleGradient, head: encoded, deviation: deviation, noise: noise, scales: divergenceWeights,
            headGradient: encodedGradient)
    }

    /// Per example log p(z) − log q(z | x) at the sample, nats: the latent part of an importance weight.
    public func logRatio(_ encoded: Matrix, into rows: UnsafeMutableBufferPointer<Double>, elementwise: Elementwise) {
        elementwise.gaussianLogRatio(head: encoded, noise: noise, sample: sample, rowSums: rows)
    }
}
