import Numerics
import Testing

/// The arithmetics, for tests of what both promise.
enum TestedArithmetic: String, CaseIterable, CustomTestStringConvertible {
    case portable, openblas

    var testDescription: String { rawValue }

    func make(threads: Int = 2) -> any Arithmetic {
        switch self {
        case .portable: PortableArithmetic(pool: ThreadPool(threads: threads))
        case .openblas: OpenBLASArithmetic(pool: ThreadPool(threads: threads))
        }
    }
}
