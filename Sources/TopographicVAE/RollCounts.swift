/// How often each roll was observed at each true offset, factor by factor: all that CapCorr needs to know of any number of sequences.
///
/// The authors' code, too, pools the sequences of an epoch and correlates once, rather than averaging batches' correlations.
public struct RollCounts: Hashable, Sendable {
    /// An observation, and how many sequences made it.
    public struct Entry: Hashable, Sendable {
        public var observation: CapsuleCorrelation.Observation
        public var count: Int

        public init(_ observation: CapsuleCorrelation.Observation, count: Int) {
            self.observation = observation
            self.count = count
        }
    }

    private let factorSizes: [Int]
    private let capsuleSize: Int
    /// [factor][true offset][observed roll]
    private var counts: [Int]

    /// - Parameters:
    ///   - factorSizes: of each factor the size of its cycle, above 0.
    ///   - capsuleSize: rolls are below it.
    public init(factorSizes: [Int], capsuleSize: Int) {
        self.factorSizes = factorSizes
        self.capsuleSize = capsuleSize
        counts = [Int](repeating: 0, count: factorSizes.reduce(0, +) * capsuleSize)
    }

    /// Counts one sequence's observation. One outside the factors' cycles or the capsule is no observation and is left out.
    public mutating func add(_ observation: CapsuleCorrelation.Observation, count: Int = 1) {
        guard let place = place(of: observation) else { return }
        counts[place] += count
    }

    /// Every observation that was made, in a fixed order.
    public var entries: [Entry] {
        var entries: [Entry] = []
        for (factor, size) in factorSizes.enumerated() {
            for offset in 0..<size {
                for roll in 0..<capsuleSize {
                    let observation = CapsuleCorrelation.Observation(factor: factor, observedRoll: roll, trueOffset: offset)
                    guard let place = place(of: observation), counts[place] > 0 else { continue }
                    entries.append(Entry(observation, count: counts[place]))
                }
            }
        }
        return entries
    }

    /// Whether an observation has a place here.
    public func covers(_ observation: CapsuleCorrelation.Observation) -> Bool { place(of: observation) != nil }

    private func place(of observation: CapsuleCorrelation.Observation) -> Int? {
        let (factor, offset, roll) = (observation.factor, observation.trueOffset, observation.observedRoll)
        guard factor >= 0, factor < factorSizes.count, offset >= 0, offset < factorSizes[factor], roll >= 0, roll < capsuleSize else {
            return nil
        }
        var first = offset
        for earlier in 0..<factor { first += factorSizes[earlier] }
        return first * capsuleSize + roll
    }
}
