import Numerics

/// Where a step's random draws come from. Training draws them; a test replays what was recorded.
public protocol EquiVAENoise {
    /// Fills ε of v, [pairs, V].
    func fillEquivariant(_ noise: Matrix, elementwise: Elementwise)
    /// Fills numbers in [−1, 1), [labelled images, hidden]: which features are dropped.
    func fillDropout(_ numbers: Matrix, elementwise: Elementwise)
    /// A number in [0, 1) for each unlabelled image, by its row: which class stands for the improbable ones.
    func uniform(row: Int) -> Double
}

/// Draws from Philox, by the training step's number.
struct PhiloxEquiVAENoise: EquiVAENoise {
    var seed: UInt64
    var step: UInt32

    func fillEquivariant(_ noise: Matrix, elementwise: Elementwise) {
        elementwise.fillNormal(noise, Philox(seed: seed), .reparameteriseV, step: step)
    }

    func fillDropout(_ numbers: Matrix, elementwise: Elementwise) {
        elementwise.fillUniform(numbers, bound: 1, Philox(seed: seed), .dropout, step: step)
    }

    func uniform(row: Int) -> Double {
        let words = Philox(seed: seed).words(.sampledClass, step: step, position: UInt64(row))
        return Double((UInt64(words[0]) | UInt64(words[1]) << 32) >> 11) * 0x1p-53
    }
}
