import Numerics

/// The two Gaussian latents of a frame.
public enum Latent: String, Hashable, Sendable {
    case z, u
}

/// Where ε of the reparameterised samples comes from. Training draws it; a test replays what was recorded.
public protocol NoiseSource {
    /// Fills `noise` [B·S, s] for one latent of the batch.
    func fill(_ noise: Matrix, for latent: Latent, elementwise: Elementwise)
}

/// ε ~ N(0, I) from Philox: a draw depends on the seed, the purpose, the step and its place in the batch.
public struct PhiloxNoise: NoiseSource {
    private let philox: Philox
    private let zPurpose: RandomPurpose
    private let uPurpose: RandomPurpose
    private let step: UInt32
    private let firstPosition: UInt64

    /// u's draws start here where z and u share a purpose: far beyond any batch.
    private static let uOffset: UInt64 = 1 << 48

    /// For a training step.
    public static func training(seed: UInt64, step: UInt32) -> PhiloxNoise {
        PhiloxNoise(
            philox: Philox(seed: seed), zPurpose: .reparameteriseZ, uPurpose: .reparameteriseU, step: step, firstPosition: 0)
    }

    /// For one batch of an evaluation.
    public static func evaluation(seed: UInt64, batch: UInt32) -> PhiloxNoise {
        PhiloxNoise(philox: Philox(seed: seed), zPurpose: .evaluation, uPurpose: .evaluation, step: batch, firstPosition: 0)
    }

    /// For one of the samples of importance sampling; `firstPosition` is the number of latents in the batches before this one.
    public static func importanceSampling(seed: UInt64, sample: UInt32, firstPosition: UInt64) -> PhiloxNoise {
        PhiloxNoise(
            philox: Philox(seed: seed), zPurpose: .importanceSampling, uPurpose: .importanceSampling, step: sample,
            firstPosition: firstPosition)
    }

    /// For a figure.
    public static func figure(seed: UInt64) -> PhiloxNoise {
        PhiloxNoise(philox: Philox(seed: seed), zPurpose: .figure, uPurpose: .figure, step: 1, firstPosition: 0)
    }

    public func fill(_ noise: Matrix, for latent: Latent, elementwise: Elementwise) {
        let purpose = latent == .z ? zPurpose : uPurpose
        let offset = latent == .u && zPurpose == uPurpose ? PhiloxNoise.uOffset : 0
        elementwise.fillNormal(noise, philox, purpose, step: step, firstPosition: firstPosition + offset)
    }
}
