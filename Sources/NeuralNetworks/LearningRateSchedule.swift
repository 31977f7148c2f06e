/// By what an optimiser's learning rate is multiplied at each step: a pure function of the step's number, so that a training that resumes
/// needs no state for it.
public enum LearningRateSchedule: Hashable, Sendable {
    case constant
    /// From 1 / `warmup` at the first step up along a line to 1 at step `warmup`; 1 up to step `from`, then along a line to `finalFraction` at step `to`, and that ever after.
    case linear(warmup: Int = 0, from: Int, to: Int, finalFraction: Double)

    /// The multiplier of one step, in double with the four operations alone.
    ///
    /// - Parameter step: the update's number, counted from 1.
    public func factor(ofStep step: Int) -> Double {
        switch self {
        case .constant: return 1
        case .linear(let warmup, let from, let to, let finalFraction):
            guard step >= warmup else { return Double(step) / Double(warmup) }
            guard step > from else { return 1 }
            guard step < to else { return finalFraction }
            return 1 - (1 - finalFraction) * (Double(step - from) / Double(to - from))
        }
    }

    /// Canonical text, part of a checkpoint's identity; nil where the rate is constant.
    var identity: String? {
        switch self {
        case .constant: nil
        case .linear(let warmup, let from, let to, let finalFraction):
            "linear(\(warmup == 0 ? "" : "warmup=\(warmup),")from=\(from),to=\(to),final=\(finalFraction))"
        }
    }

    func validate() throws(ConfigurationError) {
        guard case .linear(let warmup, let from, let to, let finalFraction) = self else { return }
        try ConfigurationError.require(0 <= from && from < to, "the learning rate's decay", "from step \(from) to \(to)", "0 ≤ from < to")
        try ConfigurationError.require(
            (0...max(0, from)).contains(warmup), "the learning rate's warm-up", "\(warmup) steps", "0 ... \(max(0, from)), before the decay"
        )
        try ConfigurationError.require(
            (0...1).contains(finalFraction), "the learning rate's final fraction", finalFraction, "a number from 0 to 1")
    }
}
