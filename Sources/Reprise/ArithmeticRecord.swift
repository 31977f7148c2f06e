import Integrity
import Numerics

/// The arithmetic as a run records it: whatever of it can change a bit of a result. Threads are not among it.
enum ArithmeticRecord {
    /// What a step process started with ``stepEnvironment(_:)`` will have.
    static func planned(environment: [String: String]) -> JSONValue {
        json(core: stepEnvironment(environment)["OPENBLAS_CORETYPE"] ?? OpenBLASArithmetic.core)
    }

    /// What this process has.
    static var found: JSONValue { json(core: OpenBLASArithmetic.core) }

    private static func json(core: String) -> JSONValue {
        ["name": "openblas", "library": .string(OpenBLASArithmetic.library), "core": .string(core)]
    }

    /// Kernels that fit the processor, unless the user chose others.
    static func stepEnvironment(_ environment: [String: String]) -> [String: String] {
        OpenBLASArithmetic.recommendedEnvironment().merging(environment.filter { $0.key == "OPENBLAS_CORETYPE" }) { $1 }
    }
}
