import Datasets
import Numerics

/// Measures batch after batch of a training in places that are made once, so that watching a training asks for no memory.
final class EquivarianceMeter {
    private let configuration: ModelConfiguration
    private let pool: ThreadPool
    /// Per sequence: S · s places for normalised activations.
    private var units: [Double]
    /// Per sequence.
    private var errors: [Double]
    /// One capsule's best shifts.
    private var votes: [Int]

    /// nil where the model has no sequences of capsules.
    init?(_ configuration: ModelConfiguration, sequences: Int, pool: ThreadPool) {
        guard configuration.hasCapsuleSequences else { return nil }
        self.configuration = configuration
        self.pool = pool
        units = [Double](repeating: 0, count: sequences * configuration.sequenceLength * configuration.latents)
        errors = [Double](repeating: 0, count: sequences)
        votes = [Int](repeating: 0, count: configuration.capsuleSize)
    }

    /// E_eq of t [B·S, s], the mean over its sequences: the same bits on any number of threads.
    func equivarianceError(_ t: Matrix) -> Double {
        let activations = CapsuleActivations(t, configuration)
        let size = configuration.sequenceLength * configuration.latents
        units.withUnsafeMutableBufferPointer { units in
            errors.withUnsafeMutableBufferPointer { errors in
                pool.run(tasks: errors.count) { sequence in
                    errors[sequence] = EquivarianceError.ofSequence(
                        sequence, activations,
                        units: UnsafeMutableBufferPointer(rebasing: units[(sequence * size)..<((sequence + 1) * size)]))
                }
            }
        }
        return errors.reduce(0, +) / Double(errors.count)
    }

    /// Adds what t's sequences, which `batches` hold one each, say of CapCorr.
    func countRolls(of t: Matrix, _ batches: [SequenceBatch], into counts: inout RollCounts) {
        let activations = CapsuleActivations(t, configuration)
        votes.withUnsafeMutableBufferPointer { votes in
            for sequence in batches.indices {
                let factorCount = batches[sequence].factorCount
                let start = UnsafeBufferPointer(activations.frame(sequence, 0))
                for factor in 0..<factorCount where batches[sequence].moves(factor, in: 0) {
                    let observation = CapsuleCorrelation.observe(
                        factor: factor, steps: configuration.sequenceLength,
                        value: { batches[sequence].factors[$0 * factorCount + factor] },
                        roll: { step in
                            CapsuleCorrelation.roll(
                                from: UnsafeBufferPointer(activations.frame(sequence, step)), to: start,
                                capsuleSize: configuration.capsuleSize, votes: votes)
                        })
                    if let observation { counts.add(observation) }
                }
            }
        }
    }
}
