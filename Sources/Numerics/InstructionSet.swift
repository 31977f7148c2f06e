import CKernels

/// Instruction sets that the elementwise kernels are compiled for. All give the same bits; they differ in speed.
public enum InstructionSet: Int, Comparable, Sendable, CaseIterable {
    case baseline = 0
    case avx2 = 1
    case avx512 = 2

    public static func < (left: InstructionSet, right: InstructionSet) -> Bool { left.rawValue < right.rawValue }

    /// The strongest that this processor and its operating system support.
    public static var best: InstructionSet { InstructionSet(rawValue: Int(processor_instruction_set().rawValue)) ?? .baseline }

    var kernel: CKernels.instruction_set { CKernels.instruction_set(rawValue: UInt32(rawValue)) }
}
