import Datasets
import NeuralNetworks
import Numerics

/// The pictures of figures 1 and 4: what goes in, what is reconstructed, and what rolling the first frame's capsules predicts.
public struct CapsuleTraversal: Sendable {
    public struct Sequence: Sendable {
        /// The names of the factors that move.
        public var movingFactors: [String]
        /// The class of the image that the sequence transforms.
        public var label: Int
        /// x, S frames of [C, H, W], in [0, 1].
        public var input: [[Float]]
        /// p(x | t_k).
        public var reconstruction: [[Float]]
        /// p(x | roll(t_0, k)).
        public var traversal: [[Float]]
    }

    public let frameShape: FrameShape
    public let sequences: [Sequence]

    /// - Parameters:
    ///   - images: how many sequences, at most as many as the part has images.
    ///   - seed: selects sequences, transformations and ε.
    public init(model: TopographicVAE, dataset: any SequenceDataset, split: Split, images: Int, seed: UInt64) throws(ConfigurationError) {
        try model.checkFits(dataset)
        let available = dataset.count(of: split)
        try ConfigurationError.require(available > 0, "the \(split.rawValue) part", "empty", "at least one image")
        try ConfigurationError.require((1...1024).contains(images), "the number of pictured sequences", images, "1 ... 1024")
        let chosen = Array(Philox(seed: seed).permutation(of: available, .figure, step: 0).prefix(images))

        let pass = ForwardPass(model: model, sequences: chosen.count)
        let loader = SequenceLoader(dataset: dataset, batchSize: chosen.count, pool: model.arithmetic.elementwise.pool)
        loader.load(images: chosen[...], split: split, epoch: 0, seed: seed, into: pass.input)
        pass.run(PhiloxNoise.figure(seed: seed))
        let length = dataset.sequenceLength
        func frames(_ matrix: Matrix, _ sequence: Int) -> [[Float]] { (0..<length).map { Array(matrix.row(sequence * length + $0)) } }
        let reconstructions = chosen.indices.map { frames(pass.probability, $0) }

        let activations = CapsuleActivations(pass.t, model.configuration)
        let rolled = Matrix(rows: pass.frames, columns: model.configuration.latents)
        for sequence in chosen.indices {
            for step in 0..<length {
                activations.rolled(activations.frame(sequence, 0), by: step, into: rolled.row(sequence * length + step))
            }
        }
        pass.decode(rolled)

        frameShape = dataset.frameShape
        sequences = chosen.indices.map { index in
            let batch = loader.sequences[index]
            return Sequence(
                movingFactors: batch.movingFactors(of: 0).map { dataset.factorNames[$0] }, label: batch.labels[0],
                input: frames(pass.input, index), reconstruction: reconstructions[index], traversal: frames(pass.probability, index))
        }
    }
}
