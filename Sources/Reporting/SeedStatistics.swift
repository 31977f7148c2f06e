import Integrity

/// One measure over several seeds: what each gave, their mean and how far they spread.
public struct SeedStatistics: Hashable, Sendable {
    /// The share of such intervals that hold the true mean, if what seeds do is normally distributed.
    public static let confidence = 0.95

    /// One for each replicate, in their order; at least one.
    public let values: [Double]
    public let mean: Double
    /// With n − 1 in the denominator; nil for one seed, which tells nothing of spread.
    public let standardDeviation: Double?
    /// The interval of ``confidence`` around the mean, by Student's t; nil for one seed.
    public let interval: ClosedRange<Double>?

    public var count: Int { values.count }

    /// Nil where there is nothing, or something that is not finite, to take the mean of.
    public init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        guard mean.isFinite, squares.isFinite else { return nil }
        self.values = values
        self.mean = mean
        guard values.count > 1 else {
            standardDeviation = nil
            interval = nil
            return
        }
        let deviation = (squares / (count - 1)).squareRoot()
        let quantile = StudentT.twoSidedQuantile(confidence: SeedStatistics.confidence, degreesOfFreedom: values.count - 1)
        let reach = quantile * deviation / count.squareRoot()
        standardDeviation = deviation
        interval = (mean - reach)...(mean + reach)
    }

    /// Of the differences seed by seed of two measures of the same replicates; nil where there are not two of as many.
    static func difference(_ left: SeedStatistics?, _ right: SeedStatistics?) -> SeedStatistics? {
        guard let left, let right, left.count == right.count else { return nil }
        return SeedStatistics(zip(left.values, right.values).map { $0 - $1 })
    }

    /// Beside the mean in a record: `seeds`, `values`, `standard_deviation` and `interval`.
    package var json: [String: JSONValue] {
        [
            "seeds": .number(Double(count)), "values": .array(values.map { .number($0) }),
            "standard_deviation": standardDeviation.map { .number($0) } ?? .null,
            "interval": interval.map { .array([.number($0.lowerBound), .number($0.upperBound)]) } ?? .null,
        ]
    }

    /// `574.2 ± 1.3 (3)`: mean, standard deviation, and in brackets the number of seeds.
    package var text: String {
        // What rounding alone leaves is no spread.
        let spread = standardDeviation.map { " ± " + NumberText.spread($0 < mean.magnitude * 1e-12 ? 0 : $0) } ?? ""
        return NumberText.measured(mean) + spread + " (\(count))"
    }

    /// `mean's 95 % interval 571 to 577`; nil for one seed.
    package var intervalText: String? {
        interval.map { "mean's 95 % interval \(NumberText.measured($0.lowerBound)) to \(NumberText.measured($0.upperBound))" }
    }
}
