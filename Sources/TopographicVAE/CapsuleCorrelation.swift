import Datasets
import Numerics

/// CapCorr, whether the roll of the capsules tells how far a factor has moved (Keller and Welling 2021, section 6.1).
///
/// Per sequence, Ω is a step at which the moving factor is 0. The observed roll is the mode, over capsules, of the shift at which t_Ω
/// rolled by it correlates best with t_0; the true offset is the factor's value at step 0. CapCorr of a factor is the Pearson
/// correlation of the two over the sequences in which it moves. Where several factors move together, each has its own Ω and offset.
public enum CapsuleCorrelation {
    /// What one sequence contributes.
    public struct Observation: Hashable, Sendable {
        /// Index into the data set's factors.
        public var factor: Int
        public var observedRoll: Int
        public var trueOffset: Int

        public init(factor: Int, observedRoll: Int, trueOffset: Int) {
            self.factor = factor
            self.observedRoll = observedRoll
            self.trueOffset = trueOffset
        }
    }

    /// The observation of one sequence and one factor that moves in it, nil where the factor never passes 0.
    ///
    /// A factor whose cycle is shorter than the sequence passes 0 several times. Then, as in the authors' code, the roll nearest the true
    /// offset counts: that flatters such factors (scale, in dSprites).
    ///
    /// - Parameters:
    ///   - t: one sequence, [S, capsules · d].
    ///   - values: the moving factor's value at each step.
    public static func observe(factor: Int, values: [Int], t: [[Float]], capsuleSize: Int) -> Observation? {
        guard values.count == t.count, let start = t.first else { return nil }
        return observe(
            factor: factor, steps: t.count, value: { values[$0] }, roll: { roll(from: t[$0], to: start, capsuleSize: capsuleSize) })
    }

    /// The same for activations that lie elsewhere: `roll` gives the observed roll from a step to the first.
    static func observe(factor: Int, steps: Int, value: (Int) -> Int, roll: (Int) -> Int) -> Observation? {
        guard factor >= 0, steps > 0 else { return nil }
        let trueOffset = value(0)
        var nearest: Int?
        for step in 0..<steps where value(step) == 0 {
            let observed = roll(step)
            if let nearest, abs(observed - trueOffset) >= abs(nearest - trueOffset) { continue }
            nearest = observed
        }
        return nearest.map { Observation(factor: factor, observedRoll: $0, trueOffset: trueOffset) }
    }

    /// The most frequent best shift among capsules, the smallest where several are as frequent; likewise the smallest best shift.
    static func roll(from source: [Float], to target: [Float], capsuleSize: Int) -> Int {
        var votes = [Int](repeating: 0, count: capsuleSize)
        return votes.withUnsafeMutableBufferPointer { votes in
            source.withUnsafeBufferPointer { source in
                target.withUnsafeBufferPointer { roll(from: source, to: $0, capsuleSize: capsuleSize, votes: votes) }
            }
        }
    }

    /// - Parameter votes: d places, overwritten.
    static func roll(
        from source: UnsafeBufferPointer<Float>, to target: UnsafeBufferPointer<Float>, capsuleSize: Int,
        votes: UnsafeMutableBufferPointer<Int>
    ) -> Int {
        votes.update(repeating: 0)
        for start in stride(from: 0, to: target.count, by: capsuleSize) {
            var best = (shift: 0, correlation: -Double.infinity)
            for shift in 0..<capsuleSize {
                var correlation = 0.0
                for position in 0..<capsuleSize {
                    let rolled = position >= shift ? position - shift : position + capsuleSize - shift
                    correlation += Double(target[start + position]) * Double(source[start + rolled])
                }
                if correlation > best.correlation { best = (shift, correlation) }
            }
            votes[best.shift] += 1
        }
        var mode = 0
        for shift in votes.indices where votes[shift] > votes[mode] { mode = shift }
        return mode
    }

    /// One factor's correlation.
    public struct Result: Hashable, Sendable {
        public var factorName: String
        /// nil where fewer than two sequences moved the factor, or either quantity never varied.
        public var correlation: Double?
        /// The sequences behind it.
        public var sequences: Int
    }

    public static func correlations(_ observations: [Observation], factorNames: [String]) -> [Result] {
        correlations(observations.map { RollCounts.Entry($0, count: 1) }, factorNames: factorNames)
    }

    public static func correlations(_ entries: [RollCounts.Entry], factorNames: [String]) -> [Result] {
        factorNames.enumerated().map { factor, name in
            let own = entries.filter { $0.observation.factor == factor }
            return Result(
                factorName: name,
                correlation: pearson(
                    own.map { Double($0.observation.observedRoll) }, own.map { Double($0.observation.trueOffset) },
                    counts: own.map { Double($0.count) }), sequences: own.reduce(0) { $0 + $1.count })
        }
    }

    /// Pearson's correlation of pairs that occur so many times each; nil without variance.
    static func pearson(_ x: [Double], _ y: [Double], counts: [Double]) -> Double? {
        let total = counts.reduce(0, +)
        guard x.count == y.count, x.count == counts.count, total > 1 else { return nil }
        var meanX = 0.0
        var meanY = 0.0
        for index in x.indices {
            meanX += counts[index] * x[index]
            meanY += counts[index] * y[index]
        }
        meanX /= total
        meanY /= total
        var xx = 0.0
        var yy = 0.0
        var xy = 0.0
        for index in x.indices {
            let (a, b) = (x[index] - meanX, y[index] - meanY)
            xx += counts[index] * (a * a)
            yy += counts[index] * (b * b)
            xy += counts[index] * (a * b)
        }
        guard xx > 0, yy > 0 else { return nil }
        // Rounding alone may carry a perfect correlation past 1.
        return min(1, max(-1, xy / (xx.squareRoot() * yy.squareRoot())))
    }
}
