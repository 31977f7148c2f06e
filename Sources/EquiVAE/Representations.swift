import NeuralNetworks
import Numerics

/// What a model makes of images one by one: the two representations, for probes that ask where the class lives.
public struct Representations {
    /// f(x), [N, R]: what an image itself would contribute to its class's r. It is made without a label, and so can be wrong about the class.
    public let invariant: Matrix
    /// v ~ q(v | r_y, x) under the image's own class, [N, V].
    public let equivariant: Matrix
    /// Means of q(v | r_y, x), [N, V]. A latent that the model does not use has a mean near 0 and tells nothing in a sample, but what is left of
    /// it in the mean can still be read when it is scaled up.
    public let equivariantMean: Matrix
    public let labels: [Int]

    private static let batchSize = 100

    /// - Parameters:
    ///   - images: none of those that made the codes: an image has no part in its own r.
    ///   - seed: selects every ε.
    /// - Precondition: of the training part no image that made a code.
    public init(model: EquiVAE, codes: ClassCodes, images: [Int], source: ImagePart, seed: UInt64) {
        let isTraining = source.split == .training
        precondition(
            !isTraining || Set(images).isDisjoint(with: codes.images.joined()), "an image has no part in the r that it is looked at with")
        let stream = isTraining ? EvaluationStream.fittedRepresentations : EvaluationStream.askedRepresentations
        let configuration = model.configuration
        invariant = Matrix(rows: images.count, columns: configuration.invariantSize)
        equivariant = Matrix(rows: images.count, columns: configuration.equivariantSize)
        equivariantMean = Matrix(rows: images.count, columns: configuration.equivariantSize)
        var labels: [Int] = []
        var first = 0
        for part in images.batches(of: Representations.batchSize) {
            let batch = ImageBatch(model: model, count: part.count)
            let pass = BoundPass(model: model, pairs: part.count)
            batch.load(part, from: source)
            (invariant.pointer + first * batch.terms.columns).update(from: batch.terms.pointer, count: batch.terms.count)
            pass.infer(
                batch.labels.enumerated().map { BoundPass.Pair(image: $0, representation: $1) }, features: batch.features,
                representations: codes.representations)
            // One stream for all images: a draw depends on the image's place alone.
            let size = configuration.equivariantSize
            model.arithmetic.elementwise.fillNormal(
                pass.v.noise, Philox(seed: seed), .evaluation, step: stream, firstPosition: UInt64(first * size))
            pass.sample()
            (equivariant.pointer + first * size).update(from: pass.v.sample.pointer, count: part.count * size)
            for row in part.indices {
                (equivariantMean.pointer + (first + row) * size).update(from: pass.posterior.pointer + row * 2 * size, count: size)
            }
            labels += batch.labels
            first += part.count
        }
        self.labels = labels
    }
}
