import Numerics

/// E_eq, how far activations are from rolling with time (Keller and Welling 2021, section 6.1):
///
///     Σ over pairs l < m of ‖roll(t̂_l, m − l) − t̂_m‖₁, summed over capsules, averaged over sequences,
///
/// where t̂ is t with every capsule divided by its L2 norm. Partly structural: see the untrained control of any run.
public enum EquivarianceError {
    /// Each sequence's error.
    ///
    /// - Parameter t: [B·S, capsules · d].
    public static func perSequence(_ t: Matrix, sequenceLength: Int, capsules: Int, capsuleSize: Int) -> [Double] {
        let activations = CapsuleActivations(t, sequenceLength: sequenceLength, capsules: capsules, capsuleSize: capsuleSize)
        var places = [Double](repeating: 0, count: sequenceLength * t.columns)
        return places.withUnsafeMutableBufferPointer { places in
            (0..<activations.sequences).map { ofSequence($0, activations, units: places) }
        }
    }

    /// The mean over sequences.
    public static func mean(_ t: Matrix, sequenceLength: Int, capsules: Int, capsuleSize: Int) -> Double {
        let errors = perSequence(t, sequenceLength: sequenceLength, capsules: capsules, capsuleSize: capsuleSize)
        return errors.reduce(0, +) / Double(errors.count)
    }

    /// What activations that know nothing have: the mean over sequences of independent normal draws of the model's shape. nil where the
    /// model has no sequences of capsules.
    public static func chance(
        for configuration: ModelConfiguration, sequences: Int, seed: UInt64, arithmetic: any Arithmetic
    ) -> Double? {
        guard configuration.hasCapsuleSequences else { return nil }
        let activations = Matrix(rows: sequences * configuration.sequenceLength, columns: configuration.latents)
        arithmetic.elementwise.fillNormal(activations, Philox(seed: seed), .figure, step: .max)
        return mean(
            activations, sequenceLength: configuration.sequenceLength, capsules: configuration.capsules,
            capsuleSize: configuration.capsuleSize)
    }

    /// One sequence's error, without asking for memory.
    ///
    /// - Parameter units: S · s places, overwritten with t̂.
    static func ofSequence(_ sequence: Int, _ activations: CapsuleActivations, units: UnsafeMutableBufferPointer<Double>) -> Double {
        let (length, capsuleSize, latents) = (activations.sequenceLength, activations.capsuleSize, activations.t.columns)
        for step in 0..<length {
            normalise(activations.frame(sequence, step), capsuleSize: capsuleSize, into: units, from: step * latents)
        }
        var error = 0.0
        for earlier in 0..<length {
            for later in earlier + 1..<max(length, earlier + 1) {
                error += distance(
                    units, earlier * latents, rolledBy: (later - earlier) % capsuleSize, later * latents, latents: latents,
                    capsuleSize: capsuleSize)
            }
        }
        return error
    }

    /// Every capsule divided by its norm; a silent capsule stays 0.
    private static func normalise(
        _ frame: UnsafeMutableBufferPointer<Float>, capsuleSize: Int, into units: UnsafeMutableBufferPointer<Double>, from first: Int
    ) {
        for start in stride(from: 0, to: frame.count, by: capsuleSize) {
            var squares = 0.0
            for index in start..<start + capsuleSize {
                let value = Double(frame[index])
                units[first + index] = value
                squares += value * value
            }
            let norm = squares.squareRoot()
            guard norm > 0 else { continue }
            for index in start..<start + capsuleSize { units[first + index] /= norm }
        }
    }

    /// The distance of two frames, given by where they begin.
    private static func distance(
        _ units: UnsafeMutableBufferPointer<Double>, _ earlier: Int, rolledBy shift: Int, _ later: Int, latents: Int, capsuleSize: Int
    ) -> Double {
        var sum = 0.0
        for start in stride(from: 0, to: latents, by: capsuleSize) {
            let (source, target) = (earlier + start, later + start)
            for position in 0..<shift { sum += abs(units[source + position + capsuleSize - shift] - units[target + position]) }
            for position in shift..<capsuleSize { sum += abs(units[source + position - shift] - units[target + position]) }
        }
        return sum
    }
}
