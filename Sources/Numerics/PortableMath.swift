import CKernels

/// e^x and log x in `Double`, the same bits whatever mathematical library is installed; for metrics.
public enum PortableMath {
    public static func exponential(_ x: Double) -> Double { portable_exponential(x) }
    public static func logarithm(_ x: Double) -> Double { portable_logarithm(x) }

    /// log Σ e^x without overflow; the largest value where none is finite, −∞ of no values.
    public static func logSumExp(_ values: [Double]) -> Double {
        guard let largest = values.max(), largest.isFinite else { return values.max() ?? -.infinity }
        return largest + logarithm(values.reduce(0) { $0 + exponential($1 - largest) })
    }
}
