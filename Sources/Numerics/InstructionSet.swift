import CKernels
import Foundation

/// Instruction sets that the kernels are compiled for. All give the same bits; they differ in speed.
public enum InstructionSet: Int, Comparable, Sendable, CaseIterable {
    /// What every processor of the architecture has; products go one fused multiply-add at a time.
    case baseline = 0
    case avx2 = 1
    case avx512 = 2
    /// arm64's.
    case neon = 3

    public static func < (left: InstructionSet, right: InstructionSet) -> Bool { left.rawValue < right.rawValue }

    /// The strongest that this processor and its operating system support.
    public static var best: InstructionSet { InstructionSet(rawValue: Int(processor_instruction_set().rawValue)) ?? .baseline }

    /// Those that this processor supports, weakest first.
    public static var available: [InstructionSet] {
        best == .neon ? [.baseline, .neon] : allCases.filter { $0 <= best }
    }

    /// The variable that chooses a weaker set than the best, for comparison: `avx512`, `avx2`, `neon` or `scalar`.
    public static let variable = "REPRISE_ISA"

    /// The set of that name; nil where there is none.
    public init?(name: String) {
        guard let named = InstructionSet.allCases.first(where: { $0.name == name }) else { return nil }
        self = named
    }

    /// As in ``variable``.
    public var name: String {
        switch self {
        case .baseline: "scalar"
        case .avx2: "avx2"
        case .avx512: "avx512"
        case .neon: "neon"
        }
    }

    /// What ``variable`` asks for, where this processor has it; the best otherwise.
    public static var selected: InstructionSet {
        guard let name = ProcessInfo.processInfo.environment[variable], let named = InstructionSet(name: name) else { return best }
        return available.contains(named) ? named : best
    }

    /// Why ``selected`` is not what ``variable`` asks for; nil where it is, or where nothing is asked for.
    public static var problem: String? {
        guard let name = ProcessInfo.processInfo.environment[variable] else { return nil }
        guard let named = InstructionSet(name: name), available.contains(named) else {
            return "\(variable)=\(name): this processor has \(available.map(\.name).joined(separator: ", "))"
        }
        return nil
    }

    var kernel: CKernels.instruction_set { CKernels.instruction_set(rawValue: UInt32(rawValue)) }
}
