#include "processor.h"

instruction_set processor_instruction_set(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd"))
        return instruction_set_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return instruction_set_avx2;
#elif defined(__aarch64__)
    return instruction_set_neon;
#endif
    return instruction_set_baseline;
}
