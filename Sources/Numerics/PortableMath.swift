import CKernels

/// e^x and log x in `Double`, the same bits whatever mathematical library is installed; for metrics.
public enum PortableMath {
    public static func exponential(_ x: Double) -> Double { portable_exponential(x) }
    public static func logarithm(_ x: Double) -> Double { portable_logarithm(x) }
}
