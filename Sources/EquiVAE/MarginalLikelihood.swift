import NeuralNetworks
import Numerics

/// log p(x) by importance sampling, with q(v | r_y, x) as the proposal under every class (Burda, Grosse and Salakhutdinov, ICLR 2016,
/// equation 8, summed over y):
///
///     log p(x) ≈ log Σ_y (1 / K) (1 / S) Σ_s p(x | r_y, v_s) p(v_s) / q(v_s | r_y, x)
///
/// A lower bound in expectation, which rises with S. The mean over the images, in nats per image.
public struct MarginalLikelihood: Hashable, Sendable {
    public var images = 0
    /// S, for each class.
    public var samples: Int
    public var mean = 0.0

    private static let batchSize = 20

    public init(
        model: EquiVAE, codes: ClassCodes, images: [Int], source: ImagePart, samples: Int, seed: UInt64,
        progress: ((Int, Int) -> Void)? = nil
    ) {
        precondition(samples >= 1 && !images.isEmpty, "importance sampling needs images and a sample")
        self.samples = samples
        let classes = model.configuration.classes
        let philox = Philox(seed: seed)
        let logCount = PortableMath.logarithm(Double(samples) * Double(classes))
        for part in images.batches(of: MarginalLikelihood.batchSize) {
            let batch = ImageBatch(model: model, count: part.count)
            let pass = BoundPass(model: model, pairs: part.count * classes)
            batch.load(part, from: source)
            let pairs = part.indices.flatMap { row in (0..<classes).map { BoundPass.Pair(image: row, representation: $0) } }
            pass.infer(pairs, features: batch.features, representations: codes.representations)
            var weights = [[Double]](repeating: [], count: part.count)
            var ratios = [Double](repeating: 0, count: pairs.count)
            let firstPosition = UInt64(self.images * classes * model.configuration.equivariantSize)
            for sample in 0..<samples {
                model.arithmetic.elementwise.fillNormal(
                    pass.v.noise, philox, .importanceSampling, step: UInt32(sample), firstPosition: firstPosition)
                pass.sample()
                pass.decode()
                pass.compareWith(batch.input)
                ratios.withUnsafeMutableBufferPointer {
                    pass.v.logRatio(pass.posterior, into: $0, elementwise: model.arithmetic.elementwise)
                }
                for pair in pairs.indices {
                    weights[pair / classes].append(ratios[pair] - pass.negativeLogLikelihoods[pair])
                }
            }
            for row in part.indices { mean += PortableMath.logSumExp(weights[row]) - logCount }
            self.images += part.count
            progress?(self.images, images.count)
        }
        mean /= Double(self.images)
    }
}
