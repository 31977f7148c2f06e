// The optimisers' updates of one run of elements, shared by the elementwise kernels and the products that apply them at once: one text,
// one rounding of every operation, the same bits either way.
#pragma once
#include <math.h>
#include <stddef.h>

static inline __attribute__((always_inline)) void momentum_sgd_rule(float *restrict w, float *restrict m, const float *restrict g, float rate,
                                                                    float momentum, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const float moved = momentum * m[i] + g[i];
        m[i] = moved;
        w[i] = w[i] - rate * moved;
    }
}

static inline __attribute__((always_inline)) void adam_rule(float *restrict w, float *restrict m, float *restrict s, const float *restrict g,
                                                            float rate, float beta1, float rest1, float beta2, float rest2, float correction,
                                                            float epsilon, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const float first = beta1 * m[i] + rest1 * g[i];
        const float second = beta2 * s[i] + rest2 * g[i] * g[i];
        m[i] = first;
        s[i] = second;
        w[i] = w[i] - rate * (first / (sqrtf(second) / correction + epsilon));
    }
}
