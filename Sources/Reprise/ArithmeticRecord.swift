import Integrity
import Numerics

/// The arithmetics that a run can be computed with, by the names that a user gives them.
enum ArithmeticChoice: String, CaseIterable {
    /// The same bits on every machine.
    case portable
    /// OpenBLAS, for comparison.
    case openblas
}

/// The arithmetic as a run records it: whatever of it can change a bit of a result. Threads are not among it, and for portable arithmetic the
/// processor is not either.
enum ArithmeticRecord {
    /// What a step process started with ``stepEnvironment(_:)`` will have.
    static func planned(_ choice: ArithmeticChoice, environment: [String: String]) -> JSONValue {
        switch choice {
        case .portable: portable
        case .openblas: openblas(core: stepEnvironment(environment)["OPENBLAS_CORETYPE"] ?? OpenBLASArithmetic.core)
        }
    }

    /// The arithmetic that a record names, as this process has it; nil where it has none of that name.
    static func found(for planned: JSONValue) -> JSONValue? {
        switch choice(planned) {
        case .portable: portable
        case .openblas: openblas(core: OpenBLASArithmetic.core)
        case nil: nil
        }
    }

    static func choice(_ record: JSONValue) -> ArithmeticChoice? { record["name"]?.stringValue.flatMap(ArithmeticChoice.init) }

    /// For people: `portable, revision 1`, or `openblas (OpenBLAS 0.3.21, SkylakeX kernels)`.
    static func text(_ record: JSONValue) -> String {
        func field(_ name: String) -> String { record[name]?.stringValue ?? "unknown" }
        if let revision = record["revision"]?.integerValue { return "\(field("name")), revision \(revision)" }
        return "\(field("name")) (\(field("library")), \(field("core")) kernels)"
    }

    private static var portable: JSONValue {
        ["name": "portable", "revision": .number(Double(PortableArithmetic.revision))]
    }

    private static func openblas(core: String) -> JSONValue {
        ["name": "openblas", "library": .string(OpenBLASArithmetic.library), "core": .string(core)]
    }

    /// Kernels that fit the processor, unless the user chose others.
    static func stepEnvironment(_ environment: [String: String]) -> [String: String] {
        OpenBLASArithmetic.recommendedEnvironment().merging(environment.filter { $0.key == "OPENBLAS_CORETYPE" }) { $1 }
    }
}
