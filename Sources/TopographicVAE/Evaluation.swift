import Datasets
import NeuralNetworks
import Numerics

/// A model's measures on one part of a data set. Likelihoods and divergences are means per frame, in nats.
public struct EvaluationResult: Hashable, Sendable {
    public var split: Split
    public var sequences: Int
    public var frames: Int
    public var negativeLogLikelihood: Double
    public var kl: Double
    /// Mean over sequences; nil where it means nothing (single frames, or the torus, which has no capsules).
    public var equivarianceError: Double?
    /// Per factor.
    public var capsuleCorrelation: [CapsuleCorrelation.Result]
    /// log p(x) as the authors' code has it, comparable with the paper; nil without importance samples.
    public var logLikelihoodOfficial: Double?
    /// log p(x) with the mean of the importance weights.
    public var logLikelihoodUnbiased: Double?
    public var importanceSamples: Int
    /// Roll-forward measure, per frame; nil like ``equivarianceError``.
    public var rollForward: RollForward?
}

/// Evaluates a model, trained or not: the same code for a result and for its control.
public enum Evaluation {
    private static let batchSize = 8

    /// - Parameters:
    ///   - sequences: how many; at most as many as the part has images. They are the first of a seeded order.
    ///   - seed: selects sequences, their transformations and every ε: results are comparable between models of one seed.
    ///   - importanceSamples: K of log p(x); 0 leaves it out.
    ///   - progress: called after each batch with sequences done and sequences in all.
    public static func run(
        model: TopographicVAE, dataset: any SequenceDataset, split: Split, sequences: Int, seed: UInt64, importanceSamples: Int = 10,
        progress: ((Int, Int) -> Void)? = nil
    ) throws(ConfigurationError) -> EvaluationResult {
        try model.checkFits(dataset)
        let available = dataset.count(of: split)
        try ConfigurationError.require(available > 0, "the \(split.rawValue) part", "empty", "at least one image")
        try ConfigurationError.require(sequences > 0, "the number of sequences", sequences, "at least 1")
        try ConfigurationError.require((0...10_000).contains(importanceSamples), "importance samples", importanceSamples, "0 ... 10000")

        let total = min(sequences, available)
        let images = EvaluationOrder.images(total, of: available, seed: seed)
        var accumulated = Accumulation()
        var batch: Batch?
        for first in stride(from: 0, to: total, by: batchSize) {
            let part = Array(images[first..<min(first + batchSize, total)])
            let current: Batch
            if let batch, batch.pass.sequences == part.count {
                current = batch
            } else {
                current = Batch(model, dataset, sequences: part.count)
            }
            batch = current
            current.evaluate(
                part, split: split, seed: seed, number: first / batchSize, firstSequence: first, importanceSamples: importanceSamples,
                into: &accumulated)
            progress?(first + part.count, total)
        }
        return accumulated.result(
            split: split, sequences: total, frames: total * dataset.sequenceLength, importanceSamples: importanceSamples,
            factorNames: dataset.factorNames)
    }

    /// Sums over batches, in order.
    private struct Accumulation {
        var negativeLogLikelihood = 0.0
        var kl = 0.0
        var equivarianceError: Double?
        var rollForward: RollForward?
        var official = 0.0
        var unbiased = 0.0
        var observations: [CapsuleCorrelation.Observation] = []

        func result(split: Split, sequences: Int, frames: Int, importanceSamples: Int, factorNames: [String]) -> EvaluationResult {
            let frameCount = Double(frames)
            return EvaluationResult(
                split: split, sequences: sequences, frames: frames, negativeLogLikelihood: negativeLogLikelihood / frameCount,
                kl: kl / frameCount, equivarianceError: equivarianceError.map { $0 / Double(sequences) },
                capsuleCorrelation: CapsuleCorrelation.correlations(observations, factorNames: factorNames),
                logLikelihoodOfficial: importanceSamples > 0 ? official / frameCount : nil,
                logLikelihoodUnbiased: importanceSamples > 0 ? unbiased / frameCount : nil, importanceSamples: importanceSamples,
                rollForward: rollForward.map { $0.dividing(by: frameCount) })
        }
    }

    /// The places for one batch.
    private final class Batch {
        let pass: ForwardPass
        let loader: SequenceLoader
        let scratch: Matrix

        init(_ model: TopographicVAE, _ dataset: any SequenceDataset, sequences: Int) {
            pass = ForwardPass(model: model, sequences: sequences)
            loader = SequenceLoader(dataset: dataset, batchSize: sequences, pool: model.arithmetic.elementwise.pool)
            scratch = Matrix(rows: pass.frames, columns: model.configuration.latents)
        }

        func evaluate(
            _ images: [Int], split: Split, seed: UInt64, number: Int, firstSequence: Int, importanceSamples: Int,
            into accumulated: inout Accumulation
        ) {
            let configuration = pass.model.configuration
            loader.load(images: images[...], split: split, epoch: 0, seed: seed, into: pass.input)
            pass.run(PhiloxNoise.evaluation(seed: seed, batch: UInt32(truncatingIfNeeded: number)))
            let direct = pass.negativeLogLikelihood()
            accumulated.negativeLogLikelihood += direct
            accumulated.kl += pass.divergence()

            if configuration.hasCapsuleSequences {
                let errors = EquivarianceError.perSequence(
                    pass.t, sequenceLength: configuration.sequenceLength, capsules: configuration.capsules,
                    capsuleSize: configuration.capsuleSize)
                accumulated.equivarianceError = errors.reduce(accumulated.equivarianceError ?? 0, +)
                accumulated.observations += observations()
                let rolled = RollForward(pass, direct: direct, scratch: scratch)
                accumulated.rollForward = accumulated.rollForward.map { $0.adding(rolled) } ?? rolled
            }
            guard importanceSamples > 0 else { return }
            let firstPosition = UInt64(firstSequence * configuration.sequenceLength * configuration.latents)
            let estimates = ImportanceSampling(pass, samples: importanceSamples) { sample in
                PhiloxNoise.importanceSampling(seed: seed, sample: UInt32(sample), firstPosition: firstPosition)
            }
            accumulated.official = estimates.official.reduce(accumulated.official, +)
            accumulated.unbiased = estimates.unbiased.reduce(accumulated.unbiased, +)
        }

        private func observations() -> [CapsuleCorrelation.Observation] {
            let activations = CapsuleActivations(pass.t, pass.model.configuration)
            return loader.sequences.enumerated().flatMap { index, sequence in
                // The capsules are to roll one position a frame, whichever factors move: each that moves is an observation of its own.
                sequence.movingFactors(of: 0).compactMap { factor in
                    CapsuleCorrelation.observe(
                        factor: factor, values: (0..<sequence.sequenceLength).map { sequence.factors[$0 * sequence.factorCount + factor] },
                        t: (0..<sequence.sequenceLength).map { Array(activations.frame(index, $0)) }, capsuleSize: activations.capsuleSize)
                }
            }
        }
    }
}

/// Which images an evaluation looks at.
enum EvaluationOrder {
    /// The first of a seeded order of all. (Steps of this purpose are batches; none has this number.)
    static func images(_ count: Int, of available: Int, seed: UInt64) -> [Int] {
        Array(Philox(seed: seed).permutation(of: available, .evaluation, step: .max).prefix(count))
    }
}

extension ModelConfiguration {
    /// Whether activations are sequences of capsules that can roll.
    var hasCapsuleSequences: Bool {
        if case .torus = topography { return false }
        return sequenceLength > 1
    }
}

extension RollForward {
    fileprivate func adding(_ other: RollForward) -> RollForward {
        var sum = self
        sum.direct += other.direct
        sum.rollForward += other.rollForward
        sum.holdFirst += other.holdFirst
        return sum
    }

    fileprivate func dividing(by frames: Double) -> RollForward {
        var mean = self
        mean.direct /= frames
        mean.rollForward /= frames
        mean.holdFirst /= frames
        return mean
    }
}
