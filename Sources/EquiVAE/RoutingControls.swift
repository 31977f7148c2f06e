import NeuralNetworks
import Numerics

/// Whether information takes the routes that the paper means it to take: images are decoded from their own r and v, from their own v under
/// another class's r, and from their own r with a v that is mere noise. What was decoded is shown to q(y | x).
public struct RoutingControls: Hashable, Sendable {
    /// −log p(x | r, v) in nats per image.
    public struct Likelihoods: Hashable, Sendable {
        public var own = 0.0
        /// r replaced by another class's, drawn at random.
        public var otherClass = 0.0
        /// v replaced by a draw from N(0, I).
        public var noise = 0.0
    }

    public var images = 0
    public var negativeLogLikelihood = Likelihoods()
    /// Share of decoded images that q(y | x) takes for the class of …
    /// … x, decoded from its own r and v.
    public var ownRecognised = 0.0
    /// … the OTHER class whose r replaced that of x.
    public var otherClassRecognised = 0.0
    /// … x, whose r replaced by another class's: what v alone still tells.
    public var originalRecognised = 0.0
    /// … x, decoded from its own r and noise.
    public var noiseRecognised = 0.0

    private static let batchSize = 100

    public init(model: EquiVAE, codes: ClassCodes, images: [Int], source: ImagePart, seed: UInt64) {
        let classes = model.configuration.classes
        let philox = Philox(seed: seed)
        let elementwise = model.arithmetic.elementwise
        for part in images.batches(of: RoutingControls.batchSize) {
            let batch = ImageBatch(model: model, count: part.count)
            let pass = BoundPass(model: model, pairs: part.count)
            batch.load(part, from: source)
            let size = model.configuration.equivariantSize
            let firstPosition = UInt64(self.images * size)
            func measure() -> (negativeLogLikelihood: Double, classes: [Int]) {
                pass.decode()
                pass.compareWith(batch.input)
                let distribution = batch.classify(pass.image)
                return (pass.negativeLogLikelihoods.reduce(0, +), part.indices.map { distribution.mode(row: $0) })
            }
            func share(_ seen: [Int], of expected: [Int]) -> Double { Double(zip(seen, expected).filter { $0 == $1 }.count) }

            pass.infer(
                batch.labels.enumerated().map { BoundPass.Pair(image: $0, representation: $1) }, features: batch.features,
                representations: codes.representations)
            elementwise.fillNormal(pass.v.noise, philox, .evaluation, step: EvaluationStream.routing, firstPosition: firstPosition)
            pass.sample()
            let own = measure()
            negativeLogLikelihood.own += own.negativeLogLikelihood
            ownRecognised += share(own.classes, of: batch.labels)

            let others = batch.labels.enumerated().map { row, label in
                let other = philox.integer(
                    below: classes - 1, .evaluation, step: EvaluationStream.otherClass, position: UInt64(self.images + row))
                return other < label ? other : other + 1
            }
            pass.setInvariant(others, of: codes.representations)
            let swapped = measure()
            negativeLogLikelihood.otherClass += swapped.negativeLogLikelihood
            otherClassRecognised += share(swapped.classes, of: others)
            originalRecognised += share(swapped.classes, of: batch.labels)

            pass.setInvariant(batch.labels, of: codes.representations)
            let noise = Matrix(rows: part.count, columns: size)
            elementwise.fillNormal(noise, philox, .evaluation, step: EvaluationStream.noise, firstPosition: firstPosition)
            pass.setEquivariant(noise)
            let drawn = measure()
            negativeLogLikelihood.noise += drawn.negativeLogLikelihood
            noiseRecognised += share(drawn.classes, of: batch.labels)
            self.images += part.count
        }
        let count = Double(max(1, self.images))
        negativeLogLikelihood.own /= count
        negativeLogLikelihood.otherClass /= count
        negativeLogLikelihood.noise /= count
        ownRecognised /= count
        otherClassRecognised /= count
        originalRecognised /= count
        noiseRecognised /= count
    }
}
