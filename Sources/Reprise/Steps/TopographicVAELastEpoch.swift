import Integrity
import TopographicVAE

/// The averages over the last steps of a training, as the paper reports its dSprites metrics: means of what the batches measure, and CapCorr
/// from the rolls of all batches together, as the authors' code has it.
struct TopographicVAELastEpoch: LastEpochMeasures, Hashable {
    var means = LastEpochMeans(
        TrainingMeasures(
            averaged: [TopographicVAETraining.negativeLogLikelihood, TopographicVAETraining.kl],
            momentary: [TopographicVAETraining.equivarianceError]))
    var rolls: RollCounts

    init(factorSizes: [Int], capsuleSize: Int) { rolls = RollCounts(factorSizes: factorSizes, capsuleSize: capsuleSize) }

    func capsuleCorrelation(factorNames: [String]) -> [CapsuleCorrelation.Result] {
        CapsuleCorrelation.correlations(rolls.entries, factorNames: factorNames)
    }

    // MARK: Across a kill

    var state: JSONValue {
        var state = means.state
        state["rolls"] = .array(
            rolls.entries.map { entry in
                .array(
                    [entry.observation.factor, entry.observation.trueOffset, entry.observation.observedRoll, entry.count].map {
                        .number(Double($0))
                    })
            })
        return state
    }

    mutating func restore(_ state: JSONValue) -> Bool {
        guard let entries = state["rolls"]?.arrayValue else { return false }
        var restored = rolls
        for entry in entries {
            let numbers = (entry.arrayValue ?? []).compactMap(\.integerValue)
            guard numbers.count == 4, (1...Int(UInt32.max)).contains(numbers[3]) else { return false }
            let observation = CapsuleCorrelation.Observation(factor: numbers[0], observedRoll: numbers[2], trueOffset: numbers[1])
            guard restored.covers(observation) else { return false }
            restored.add(observation, count: numbers[3])
        }
        guard means.restore(state) else { return false }
        rolls = restored
        return true
    }
}
