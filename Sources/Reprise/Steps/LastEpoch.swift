import Integrity
import TopographicVAE

/// The averages over the last steps of a training, as the paper reports its dSprites metrics: of each batch on its own, before the
/// step changes the weights, and with CapCorr from the rolls of all batches together, as the authors' code has it.
struct LastEpoch: Hashable {
    /// Steps so far.
    private(set) var steps = 0
    // Sums over steps, in their order.
    private var negativeLogLikelihood = 0.0
    private var kl = 0.0
    private var equivarianceError: Double?
    var rolls: RollCounts

    init(factorSizes: [Int], capsuleSize: Int) { rolls = RollCounts(factorSizes: factorSizes, capsuleSize: capsuleSize) }

    /// How many steps count: those of the last epoch. A training shorter than an epoch would average over its beginning; of it, the last quarter counts.
    static func length(steps: Int, stepsPerEpoch: Int) -> Int {
        steps >= stepsPerEpoch ? stepsPerEpoch : min(stepsPerEpoch, steps / 4 + (steps % 4 == 0 ? 0 : 1))
    }

    mutating func add(_ statistics: StepStatistics, equivarianceError error: Double?) {
        steps += 1
        negativeLogLikelihood += statistics.negativeLogLikelihood
        kl += statistics.kl
        if let error { equivarianceError = (equivarianceError ?? 0) + error }
    }

    /// Means over the steps.
    struct Means {
        var negativeLogLikelihood: Double
        var kl: Double
        var equivarianceError: Double?
        var capsuleCorrelation: [CapsuleCorrelation.Result]
    }

    func means(factorNames: [String]) -> Means {
        let count = Double(max(1, steps))
        return Means(
            negativeLogLikelihood: negativeLogLikelihood / count, kl: kl / count, equivarianceError: equivarianceError.map { $0 / count },
            capsuleCorrelation: CapsuleCorrelation.correlations(rolls.entries, factorNames: factorNames))
    }

    // MARK: Across a kill

    var state: JSONValue {
        [
            "steps": .number(Double(steps)), "negative_log_likelihood": .number(negativeLogLikelihood), "kl": .number(kl),
            "equivariance_error": equivarianceError.map { .number($0) } ?? .null,
            "rolls": .array(
                rolls.entries.map { entry in
                    .array(
                        [entry.observation.factor, entry.observation.trueOffset, entry.observation.observedRoll, entry.count].map {
                            .number(Double($0))
                        })
                }),
        ]
    }

    /// Takes over what ``state`` holds; false, with nothing changed, where it does not belong here.
    mutating func restore(_ state: JSONValue) -> Bool {
        guard let steps = state["steps"]?.integerValue, steps >= 0, let nll = state["negative_log_likelihood"]?.numberValue,
            let kl = state["kl"]?.numberValue, let entries = state["rolls"]?.arrayValue
        else { return false }
        var restored = rolls
        for entry in entries {
            let numbers = (entry.arrayValue ?? []).compactMap(\.integerValue)
            guard numbers.count == 4, (1...Int(UInt32.max)).contains(numbers[3]) else { return false }
            let observation = CapsuleCorrelation.Observation(factor: numbers[0], observedRoll: numbers[2], trueOffset: numbers[1])
            guard restored.covers(observation) else { return false }
            restored.add(observation, count: numbers[3])
        }
        self.steps = steps
        negativeLogLikelihood = nll
        self.kl = kl
        equivarianceError = state["equivariance_error"]?.numberValue
        rolls = restored
        return true
    }
}
