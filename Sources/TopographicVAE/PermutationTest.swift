import Numerics

/// How often a statistic of a map would be as large if its positions stood in random order.
enum PermutationTest {
    struct Outcome {
        /// (1 + #{permuted ≥ observed}) / (1 + permutations): never 0, and 1 where nothing is ever smaller.
        var pValue: Double
        /// The mean over permutations.
        var expected: Double
    }

    /// - Parameters:
    ///   - statistic: of positions in a given order: which value stands at each position.
    ///   - seed: of the permutations, each drawn from Philox by its number.
    static func run(positions: Int, permutations: Int, seed: UInt64, observed: Double, statistic: ([Int]) -> Double) -> Outcome {
        let philox = Philox(seed: seed)
        var (atLeast, sum) = (0, 0.0)
        for number in 0..<permutations {
            let value = statistic(philox.permutation(of: positions, .permutationTest, step: UInt32(truncatingIfNeeded: number)))
            if value >= observed { atLeast += 1 }
            sum += value
        }
        return Outcome(pValue: Double(1 + atLeast) / Double(1 + permutations), expected: sum / Double(max(1, permutations)))
    }
}
