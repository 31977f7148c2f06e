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
        return (0..<activations.sequences).map { sequence in
            let units = (0..<sequenceLength).map { normalised(activations.frame(sequence, $0), capsuleSize: capsuleSize) }
            var error = 0.0
            for earlier in 0..<sequenceLength {
                for later in earlier + 1..<max(sequenceLength, earlier + 1) {
                    error += distance(units[earlier], rolledBy: (later - earlier) % capsuleSize, units[later], capsuleSize: capsuleSize)
                }
            }
            return error
        }
    }

    /// The mean over sequences.
    public static func mean(_ t: Matrix, sequenceLength: Int, capsules: Int, capsuleSize: Int) -> Double {
        let errors = perSequence(t, sequenceLength: sequenceLength, capsules: capsules, capsuleSize: capsuleSize)
        return errors.reduce(0, +) / Double(errors.count)
    }

    /// Every capsule divided by its norm; a silent capsule stays 0.
    private static func normalised(_ frame: UnsafeMutableBufferPointer<Float>, capsuleSize: Int) -> [Double] {
        var units = frame.map(Double.init)
        for start in stride(from: 0, to: units.count, by: capsuleSize) {
            let norm = units[start..<start + capsuleSize].reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard norm > 0 else { continue }
            for index in start..<start + capsuleSize { units[index] /= norm }
        }
        return units
    }

    private static func distance(_ earlier: [Double], rolledBy shift: Int, _ later: [Double], capsuleSize: Int) -> Double {
        var sum = 0.0
        for start in stride(from: 0, to: later.count, by: capsuleSize) {
            for position in 0..<shift { sum += abs(earlier[start + position + capsuleSize - shift] - later[start + position]) }
            for position in shift..<capsuleSize { sum += abs(earlier[start + position - shift] - later[start + position]) }
        }
        return sum
    }
}
