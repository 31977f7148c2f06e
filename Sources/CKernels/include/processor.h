// What the processor that runs us can do.
#pragma once

/// Instruction sets for which kernels are compiled, weakest first. Every one gives the same bits. Baseline is what any processor of
/// the architecture has, products then being computed one fused multiply-add at a time; NEON is arm64's, the others x86-64's.
typedef enum {
    instruction_set_baseline = 0,
    instruction_set_avx2 = 1,
    instruction_set_avx512 = 2,
    instruction_set_neon = 3,
} instruction_set;

/// The strongest instruction set that this processor and its operating system support.
instruction_set processor_instruction_set(void);
