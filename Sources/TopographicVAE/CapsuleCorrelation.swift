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
        guard factor >= 0, let trueOffset = values.first, let start = t.first, values.count == t.count else { return nil }
        let rolls = values.indices.filter { values[$0] == 0 }.map { roll(from: t[$0], to: start, capsuleSize: capsuleSize) }
        guard let nearest = rolls.min(by: { abs($0 - trueOffset) < abs($1 - trueOffset) }) else { return nil }
        return Observation(factor: factor, observedRoll: nearest, trueOffset: trueOffset)
    }

    /// The most frequent best shift among capsules, the smallest where several are as frequent; likewise the smallest best shift.
    static func roll(from source: [Float], to target: [Float], capsuleSize: Int) -> Int {
        var votes = [Int](repeating: 0, count: capsuleSize)
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
        factorNames.enumerated().map { factor, name in
            let own = observations.filter { $0.factor == factor }
            return Result(
                factorName: name, correlation: pearson(own.map { Double($0.observedRoll) }, own.map { Double($0.trueOffset) }),
                sequences: own.count)
        }
    }

    /// Pearson's correlation; nil without variance.
    static func pearson(_ x: [Double], _ y: [Double]) -> Double? {
        guard x.count == y.count, x.count > 1 else { return nil }
        let meanX = x.reduce(0, +) / Double(x.count)
        let meanY = y.reduce(0, +) / Double(y.count)
        var xx = 0.0
        var yy = 0.0
        var xy = 0.0
        for (a, b) in zip(x, y) {
            xx += (a - meanX) * (a - meanX)
            yy += (b - meanY) * (b - meanY)
            xy += (a - meanX) * (b - meanY)
        }
        guard xx > 0, yy > 0 else { return nil }
        // Rounding alone may carry a perfect correlation past 1.
        return min(1, max(-1, xy / (xx.squareRoot() * yy.squareRoot())))
    }
}
