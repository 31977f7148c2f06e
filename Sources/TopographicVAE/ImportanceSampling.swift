import Numerics

/// log p(x) by importance sampling with q as the proposal (Burda, Grosse and Salakhutdinov, ICLR 2016, equation 8):
///
///     log w_k = log p(x | t_k) + log p(z_k) − log q(z_k | x) + log p(u_k) − log q(u_k | x),   per frame.
public struct ImportanceSampling: Hashable, Sendable {
    /// log Σ w_k: what the authors' code computes and the paper reports; too high by log K.
    public var official: [Double]
    /// log (1/K) Σ w_k: a lower bound on log p(x) in expectation.
    public var unbiased: [Double]

    /// Both estimates for each frame of an encoded batch. The pass's samples and probabilities are overwritten.
    ///
    /// - Parameters:
    ///   - pass: after ``ForwardPass/encode()``.
    ///   - samples: K ≥ 1.
    ///   - noise: ε of each sample.
    public init(_ pass: ForwardPass, samples: Int, noise: (Int) -> some NoiseSource) {
        precondition(samples >= 1, "importance sampling needs a sample")
        let elementwise = pass.model.arithmetic.elementwise
        let frames = pass.frames
        var weights = [[Double]](repeating: [], count: frames)
        var rows = [Double](repeating: 0, count: frames)
        rows.withUnsafeMutableBufferPointer { rows in
            for sample in 0..<samples {
                pass.sample(noise(sample))
                pass.decode()
                _ = pass.negativeLogLikelihood(rows: rows)
                for frame in 0..<frames { weights[frame].append(-rows[frame]) }
                pass.z.logRatio(pass.encodedZ.output, into: rows, elementwise: elementwise)
                for frame in 0..<frames { weights[frame][sample] += rows[frame] }
                guard let u = pass.u, let encodedU = pass.encodedU else { continue }
                u.logRatio(encodedU.output, into: rows, elementwise: elementwise)
                for frame in 0..<frames { weights[frame][sample] += rows[frame] }
            }
        }
        official = weights.map(PortableMath.logSumExp)
        let logCount = PortableMath.logarithm(Double(samples))
        unbiased = official.map { $0 - logCount }
    }
}
