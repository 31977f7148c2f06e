import Integrity

/// What a training keeps of its last steps, beside its curve: a value that survives a kill.
protocol LastEpochMeasures {
    var state: JSONValue { get }
    /// Takes over what ``state`` holds; false, with nothing changed, where it does not belong here.
    mutating func restore(_ state: JSONValue) -> Bool
}

/// Which steps count for the averages over the last epoch.
struct LastEpoch: Hashable {
    /// Of the whole training.
    var steps: Int
    var stepsPerEpoch: Int

    /// How many steps count: those of the last epoch. A training shorter than an epoch would average over its beginning; of it, the last quarter counts.
    var length: Int { steps >= stepsPerEpoch ? stepsPerEpoch : min(stepsPerEpoch, steps / 4 + (steps % 4 == 0 ? 0 : 1)) }

    func contains(_ position: Int) -> Bool { position > steps - length }

    /// In words.
    var text: String {
        steps < stepsPerEpoch
            ? "the last \(length) of \(steps) steps (an epoch has \(stepsPerEpoch))" : "the last epoch, \(length) steps"
    }
}
