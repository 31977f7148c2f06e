import NeuralNetworks
import Numerics

/// How well a model tells classes apart and explains images, on images that it was not trained on. Means per image; nats.
public struct ClassificationEvaluation: Hashable, Sendable {
    public var images = 0
    /// Share of images whose class is not argmax_y of q(y | x).
    public var classifierError = 0.0
    /// Share of images whose class is not argmax_y of L(x, y), all classes being equally frequent.
    public var boundError = 0.0
    /// Of images under their own class's r: L, −log p(x | r, v), KL(q(v | r, x) ‖ N(0, I)).
    public var bound = 0.0
    public var negativeLogLikelihood = 0.0
    public var divergence = 0.0

    private static let batchSize = 50

    /// - Parameters:
    ///   - images: which of the source's.
    ///   - samples: of v, for each L(x, y); at least 1.
    ///   - seed: selects every ε: results are comparable between models of one seed.
    ///   - progress: called after each batch with images done and in all.
    public init(
        model: EquiVAE, codes: ClassCodes, images: [Int], source: ImagePart, samples: Int, seed: UInt64,
        progress: ((Int, Int) -> Void)? = nil
    ) {
        precondition(samples >= 1 && !images.isEmpty, "an evaluation needs images and a sample")
        let classes = model.configuration.classes
        let philox = Philox(seed: seed)
        var places: (batch: ImageBatch, pass: BoundPass)?
        var wrongByClassifier = 0
        var wrongByBound = 0
        for (number, part) in images.batches(of: ClassificationEvaluation.batchSize).enumerated() {
            let (batch, pass): (ImageBatch, BoundPass)
            if let places, places.batch.count == part.count {
                (batch, pass) = places
            } else {
                (batch, pass) = (ImageBatch(model: model, count: part.count), BoundPass(model: model, pairs: part.count * classes))
            }
            places = (batch, pass)
            batch.load(part, from: source)
            let pairs = part.indices.flatMap { row in (0..<classes).map { BoundPass.Pair(image: row, representation: $0) } }
            pass.infer(pairs, features: batch.features, representations: codes.representations)
            var bounds = [Double](repeating: 0, count: pairs.count)
            for sample in 0..<samples {
                model.arithmetic.elementwise.fillNormal(
                    pass.v.noise, philox, .evaluation, step: UInt32(truncatingIfNeeded: number), firstPosition: UInt64(sample) << 40)
                pass.sample()
                pass.decode()
                pass.compareWith(batch.input)
                for pair in pairs.indices { bounds[pair] += pass.bound(pair) / Double(samples) }
                for (row, label) in batch.labels.enumerated() {
                    negativeLogLikelihood += pass.negativeLogLikelihoods[row * classes + label] / Double(samples)
                    divergence += pass.divergences[row * classes + label] / Double(samples)
                }
            }
            for (row, label) in batch.labels.enumerated() {
                let own = bounds[(row * classes)..<((row + 1) * classes)]
                let best = own.indices.reduce(own.startIndex) { own[$1] > own[$0] ? $1 : $0 } - own.startIndex
                if best != label { wrongByBound += 1 }
                if batch.distribution.mode(row: row) != label { wrongByClassifier += 1 }
                bound += bounds[row * classes + label]
            }
            self.images += part.count
            progress?(self.images, images.count)
        }
        let count = Double(self.images)
        classifierError = Double(wrongByClassifier) / count
        boundError = Double(wrongByBound) / count
        bound /= count
        negativeLogLikelihood /= count
        divergence /= count
    }
}
