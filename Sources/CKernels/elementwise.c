#include "elementwise.h"

extern const elementwise_kernels elementwise_baseline;
#if defined(__x86_64__)
extern const elementwise_kernels elementwise_avx2;
extern const elementwise_kernels elementwise_avx512;
#endif

const elementwise_kernels *elementwise_kernels_for(instruction_set set) {
    const instruction_set supported = processor_instruction_set();
    const instruction_set chosen = set < supported ? set : supported;
#if defined(__x86_64__)
    if (chosen == instruction_set_avx512) return &elementwise_avx512;
    if (chosen == instruction_set_avx2) return &elementwise_avx2;
#endif
    (void)chosen;
    return &elementwise_baseline;
}
