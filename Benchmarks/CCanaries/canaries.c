#include "canaries.h"

#define REPEAT24(operation)                                                                                                                 \
    operation(0) operation(1) operation(2) operation(3) operation(4) operation(5) operation(6) operation(7) operation(8) operation(9)       \
        operation(10) operation(11) operation(12) operation(13) operation(14) operation(15) operation(16) operation(17) operation(18)       \
            operation(19) operation(20) operation(21) operation(22) operation(23)

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx512f"))) static double multiply_adds_avx512(size_t rounds) {
    const __m512 half = _mm512_set1_ps(0.5f);
#define START(i) __m512 sum##i = _mm512_set1_ps(i);
#define ADD(i) sum##i = _mm512_fmadd_ps(sum##i, half, half);
#define KEEP(i) __asm__ volatile("" ::"v"(sum##i));
    REPEAT24(START)
    for (size_t round = 0; round < rounds; round++) { REPEAT24(ADD) }
    REPEAT24(KEEP)
#undef START
    return (double)rounds * 24 * 16 * 2;
}

__attribute__((target("avx2,fma"))) static double multiply_adds_avx2(size_t rounds) {
    const __m256 half = _mm256_set1_ps(0.5f);
    __m256 sums[12];
    for (int i = 0; i < 12; i++) sums[i] = _mm256_set1_ps((float)i);
    for (size_t round = 0; round < rounds; round++)
        for (int i = 0; i < 12; i++) sums[i] = _mm256_fmadd_ps(sums[i], half, half);
    for (int i = 0; i < 12; i++) __asm__ volatile("" ::"x"(sums[i]));
    return (double)rounds * 12 * 8 * 2;
}
#endif

double canary_multiply_adds(size_t rounds) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) return multiply_adds_avx512(rounds);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return multiply_adds_avx2(rounds);
#endif
    float sums[24];
    for (int i = 0; i < 24; i++) sums[i] = (float)i;
    for (size_t round = 0; round < rounds; round++)
        for (int i = 0; i < 24; i++) sums[i] = sums[i] * 0.5f + 0.5f;
    volatile float kept = sums[0] + sums[23];
    (void)kept;
    return (double)rounds * 24 * 2;
}

float canary_read(const float *a, size_t count) {
    enum { lanes = 64 };
    float sums[lanes] = {0};
    for (size_t i = 0; i + lanes <= count; i += lanes)
        for (size_t lane = 0; lane < lanes; lane++) sums[lane] += a[i + lane];
    float sum = 0;
    for (size_t lane = 0; lane < lanes; lane++) sum += sums[lane];
    return sum;
}
