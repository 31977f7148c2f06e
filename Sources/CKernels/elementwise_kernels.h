// The source of the kernels that elementwise.h declares, compiled once per instruction set. The includer defines KERNELS (the table's
// name), KERNELS_NAME and, for other than the baseline, KERNELS_TARGET.
//
// Rules that keep the bits the same: contraction off (set for the whole target), no -ffast-math, only + − × ÷ and sqrt on floating
// point (all correctly rounded), conversions that are exact, and loops whose iterations are independent, so that the compiler may
// run any number of them at a time. Where a sum is taken its order is written out.
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "elementwise.h"
#include "optimizer_rules.h"
#include "philox.h"

#if defined(KERNELS_TARGET)
#pragma clang attribute push(__attribute__((target(KERNELS_TARGET))), apply_to = function)
#endif

static inline uint32_t bits_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline uint64_t bits_of_double(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double double_of(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

// MARK: elementary functions

// e^x = 2^n e^r with n = round(x / ln 2), |r| ≤ ½ ln 2, and e^r = 1 + r + r² q(r); q is our own near-minimax fit
// (Chebyshev interpolation in 40 digits; error of e^r before rounding 2e-10).
static inline float exponential(float x) {
    const float high = x > 89.0f ? 89.0f : x;  // e^89 overflows
    const float bounded = high < -104.0f ? -104.0f : high;  // e^-104 rounds to 0
    const float rounder = 12582912.0f;  // 1.5 · 2^23: adding it leaves the nearest integer in the low bits
    const float shifted = bounded * 1.44269504f + rounder;
    const float n = shifted - rounder;
    // ln 2 = 355/512 − 2.12e-4; n · 355/512 is exact, since n has 8 bits.
    const float r = (bounded - n * 0.693359375f) - n * -2.12194440055e-4f;
    float q = 1.9891017e-4f;
    q = q * r + 1.3933674e-3f;
    q = q * r + 8.3333105e-3f;
    q = q * r + 4.1666463e-2f;
    q = q * r + 1.6666667e-1f;
    q = q * r + 0.5f;
    const float y = 1.0f + (r + r * r * q);
    // 2^n in two factors, because 2^128 and 2^-150 are no floats of their own.
    const int32_t whole = (int32_t)(bits_of(shifted) - bits_of(rounder));
    const int32_t half = whole >> 1;
    const float scaled =
        y * float_of((uint32_t)(half + 127) << 23) * float_of((uint32_t)(whole - half + 127) << 23);
    return x != x ? x : scaled;
}

// log x = e ln 2 + log m, m in [√½, √2), and with f = m − 1, s = f / (2 + f), z = s²:
// log m = 2 artanh s = f − (f²/2 − s (f²/2 + z l(z))); l is our own near-minimax fit (error 1.2e-9).
static inline float logarithm(float x) {
    const int subnormal = x < 1.17549435e-38f;
    const float normal = subnormal ? x * 8388608.0f : x;
    const uint32_t root_half = 0x3f3504f3u;
    const uint32_t offset = bits_of(normal) - root_half;
    const int32_t exponent = ((int32_t)offset >> 23) - (subnormal ? 23 : 0);
    const float f = float_of((offset & 0x007fffffu) + root_half) - 1.0f;
    const float s = f / (2.0f + f);
    const float z = s * s;
    float l = 0.23331614f;
    l = l * z + 0.2855078f;
    l = l * z + 0.40000123f;
    l = l * z + 0.6666667f;
    const float half_square = 0.5f * f * f;
    const float e = (float)exponent;
    // ln 2 in two parts, the first of 16 bits, so that e · ln2_high is exact.
    const float ln2_high = 0x1.62e4p-1f;
    const float ln2_low = 1.42860682031e-6f;
    const float y = e * ln2_high + (f - (half_square - (s * (half_square + z * l) + e * ln2_low)));
    const float infinity = float_of(0x7f800000u);
    const float ordinary = x == infinity ? infinity : y;
    const float positive = x == 0.0f ? -infinity : ordinary;
    const float defined = x < 0.0f ? float_of(0x7fc00000u) : positive;
    return x != x ? x : defined;
}

// log(1 + x) = log u + c / u, where u = 1 + x as rounded and c = x − (u − 1) is what the rounding lost.
static inline float logarithm_one_plus(float x) {
    const float u = 1.0f + x;
    const float c = x - (u - 1.0f);
    const float y = logarithm(u) + c / u;
    const float infinity = float_of(0x7f800000u);
    const float finite = x == infinity ? infinity : y;
    const float above = x == -1.0f ? -infinity : finite;
    return x == 0.0f ? x : above;
}

// 1 / (1 + e^-x), from e^-|x| so that neither tail overflows.
static inline float sigmoid(float x) {
    const float e = exponential(x < 0.0f ? x : -x);
    return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

static void exponential_all(const float *x, float *y, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] = exponential(x[i]);
}

static void logarithm_all(const float *x, float *y, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] = logarithm(x[i]);
}

static void logarithm_one_plus_all(const float *x, float *y, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] = logarithm_one_plus(x[i]);
}

static void sigmoid_all(const float *x, float *y, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] = sigmoid(x[i]);
}

// MARK: sums

enum { lanes_of_sum = 16, chunk = 256 };

// The order of every sum along a row: term i goes to lane i mod 16, each lane adds its terms first to last, and the lanes are
// folded by halves (lane j + lane j + 8, then + 4, + 2, + 1). Terms arrive in chunks, a multiple of 16 long save the last.
typedef struct {
    double lanes[lanes_of_sum];
} row_sum;

static inline void row_sum_add(row_sum *sum, const double *terms, size_t count) {
    size_t i = 0;
    for (; i + lanes_of_sum <= count; i += lanes_of_sum)
        for (size_t lane = 0; lane < lanes_of_sum; lane++) sum->lanes[lane] += terms[i + lane];
    for (size_t lane = 0; i < count; i++, lane++) sum->lanes[lane] += terms[i];
}

static inline double row_sum_total(row_sum *sum) {
    for (size_t width = lanes_of_sum / 2; width > 0; width /= 2)
        for (size_t lane = 0; lane < width; lane++) sum->lanes[lane] += sum->lanes[lane + width];
    return sum->lanes[0];
}

static inline size_t chunk_length(size_t first, size_t count) { return count - first < chunk ? count - first : chunk; }

// MARK: dense layers

static void bias_activation(float *a, size_t rows, size_t columns, size_t stride, const float *bias, size_t first_column, size_t span,
                            activation_kind activation) {
    for (size_t row = 0; row < rows; row++) {
        float *values = a + row * stride;
        if (span == 1) {
            const float *biases = bias + first_column;
            if (activation == activation_rectifier) {
                for (size_t j = 0; j < columns; j++) {
                    const float sum = values[j] + biases[j];
                    values[j] = sum > 0.0f ? sum : (sum != sum ? sum : 0.0f);
                }
                continue;
            }
            for (size_t j = 0; j < columns; j++) values[j] = values[j] + biases[j];
        } else {
            for (size_t j = 0; j < columns;) {
                const size_t index = (first_column + j) / span;
                const size_t segment_end = (index + 1) * span - first_column;
                const size_t end = segment_end < columns ? segment_end : columns;
                const float shared = bias[index];
                for (; j < end; j++) values[j] = values[j] + shared;
            }
            if (activation == activation_rectifier)
                for (size_t j = 0; j < columns; j++) values[j] = values[j] > 0.0f ? values[j] : (values[j] != values[j] ? values[j] : 0.0f);
        }
        if (activation == activation_sigmoid) sigmoid_all(values, values, columns);
    }
}

static void rectifier_mask(float *gradient, size_t gradient_stride, const float *output, size_t output_stride, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++) {
        float *g = gradient + row * gradient_stride;
        const float *y = output + row * output_stride;
        for (size_t j = 0; j < columns; j++) g[j] = y[j] > 0.0f ? g[j] : 0.0f;
    }
}

/// `width` columns at a time, a constant where it is inlined, so that their totals stay in registers; returns where it stopped.
static inline __attribute__((always_inline)) size_t sums_down(const size_t width, const float *a, size_t rows, size_t first, size_t columns,
                                                              size_t stride, double *sums) {
    for (; first + width <= columns; first += width) {
        double totals[16] = {0};
        for (size_t row = 0; row < rows; row++)
            for (size_t j = 0; j < width; j++) totals[j] += (double)a[row * stride + first + j];
        memcpy(sums + first, totals, width * sizeof(double));
    }
    return first;
}

static void column_sums(const float *a, size_t rows, size_t columns, size_t stride, double *sums) {
    enum { many = 256 };
    size_t first = 0;
    if (rows > many) {
        first = sums_down(16, a, rows, first, columns, stride, sums);
        first = sums_down(4, a, rows, first, columns, stride, sums);
        first = sums_down(1, a, rows, first, columns, stride, sums);
    }
    for (; first < columns; first += chunk) {
        const size_t length = chunk_length(first, columns);
        double totals[chunk] = {0};
        for (size_t row = 0; row < rows; row++) {
            const float *values = a + row * stride + first;
            for (size_t j = 0; j < length; j++) totals[j] += (double)values[j];
        }
        memcpy(sums + first, totals, length * sizeof(double));
    }
}

// MARK: Gaussian latents

static void gaussian_sample(const float *mean, const float *log_variance, const float *noise, float *deviation, float *sample, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const float spread = exponential(0.5f * log_variance[i]);
        deviation[i] = spread;
        sample[i] = mean[i] + spread * noise[i];
    }
}

static double gaussian_divergence(const float *mean, const float *log_variance, const float *deviation, size_t count) {
    row_sum sum = {{0}};
    double terms[chunk];
    for (size_t first = 0; first < count; first += chunk) {
        const size_t length = chunk_length(first, count);
        for (size_t i = 0; i < length; i++) {
            const double m = mean[first + i], d = deviation[first + i];
            terms[i] = 0.5 * (d * d + m * m - 1.0 - (double)log_variance[first + i]);
        }
        row_sum_add(&sum, terms, length);
    }
    return row_sum_total(&sum);
}

static double gaussian_log_ratio(const float *sample, const float *noise, const float *log_variance, size_t count) {
    row_sum sum = {{0}};
    double terms[chunk];
    for (size_t first = 0; first < count; first += chunk) {
        const size_t length = chunk_length(first, count);
        for (size_t i = 0; i < length; i++) {
            const double s = sample[first + i], e = noise[first + i];
            terms[i] = 0.5 * (e * e + (double)log_variance[first + i] - s * s);
        }
        row_sum_add(&sum, terms, length);
    }
    return row_sum_total(&sum);
}

static void gaussian_gradient(const float *sample_gradient, const float *mean, const float *deviation, const float *noise, float scale,
                              float *mean_gradient, float *log_variance_gradient, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const float g = sample_gradient[i], d = deviation[i];
        mean_gradient[i] = g + scale * mean[i];
        log_variance_gradient[i] = 0.5f * (g * d * noise[i] + scale * (d * d - 1.0f));
    }
}

// MARK: Bernoulli likelihood

static double bernoulli(const float *probability, const float *target, float scale, float *gradient, size_t count) {
    const float epsilon = 0x1p-23f;  // torch's clamp: the float32 machine epsilon
    row_sum sum = {{0}};
    double terms[chunk];
    for (size_t first = 0; first < count; first += chunk) {
        const size_t length = chunk_length(first, count);
        const float *p = probability + first, *x = target + first;
        for (size_t i = 0; i < length; i++) {
            const float low = p[i] < epsilon ? epsilon : p[i];
            const float clamped = low > 1.0f - epsilon ? 1.0f - epsilon : low;
            const float yes = logarithm(clamped), no = logarithm_one_plus(-clamped);
            terms[i] = -((double)x[i] * (double)yes + (1.0 - (double)x[i]) * (double)no);
        }
        row_sum_add(&sum, terms, length);
        if (gradient)
            for (size_t i = 0; i < length; i++) {
                const float difference = scale * (p[i] - x[i]);
                const float below = p[i] < epsilon ? 0.0f : difference;
                gradient[first + i] = p[i] > 1.0f - epsilon ? 0.0f : below;
            }
    }
    return row_sum_total(&sum);
}

// MARK: topographic layer

static const float topographic_epsilon = 1e-6f;

static void topographic_quotient(const float *z, const float *v, float mu, float *t, size_t count) {
    for (size_t i = 0; i < count; i++) t[i] = (z[i] + mu) / sqrtf(v[i] + topographic_epsilon);
}

static double topographic_quotient_gradient(const float *g, const float *t, const float *v, float *dz, float *dv, size_t count) {
    row_sum sum = {{0}};
    double terms[chunk];
    for (size_t first = 0; first < count; first += chunk) {
        const size_t length = chunk_length(first, count);
        for (size_t i = 0; i < length; i++) {
            const float shifted = v[first + i] + topographic_epsilon;
            const float through = g[first + i] / sqrtf(shifted);
            const float scaled = -0.5f * g[first + i] * t[first + i] / shifted;
            dz[first + i] = through;
            dv[first + i] = scaled;
            terms[i] = (double)through;
        }
        row_sum_add(&sum, terms, length);
    }
    return row_sum_total(&sum);
}

static inline void add_all(float *sums, const float *terms, size_t count) {
    for (size_t i = 0; i < count; i++) sums[i] += terms[i];
}

// The field is turned to [rows, columns, lanes] first: a shift along columns is then one of whole runs of lanes, and a tap is two
// long additions instead of many short ones that wrap.
static void topographic_sum(const float *input, int squared, const float *factor, float *output, size_t rows, size_t lanes, size_t columns,
                            const topographic_tap *taps, size_t tap_count, float *scratch) {
    const size_t row_size = lanes * columns;
    float *turned = scratch, *sums = scratch + rows * row_size;
    for (size_t row = 0; row < rows; row++)
        for (size_t lane = 0; lane < lanes; lane++)
            for (size_t column = 0; column < columns; column++) {
                const float value = input[row * row_size + lane * columns + column];
                turned[row * row_size + column * lanes + lane] = squared ? value * value : value;
            }
    for (size_t row = 0; row < rows; row++) {
        memset(sums, 0, row_size * sizeof(float));
        for (size_t tap = 0; tap < tap_count; tap++) {
            const size_t row_shift = taps[tap].row_shift, source_row = row >= row_shift ? row - row_shift : row + rows - row_shift;
            const size_t wrapped = taps[tap].column_shift * lanes;
            const float *source = turned + source_row * row_size;
            add_all(sums, source + (row_size - wrapped), wrapped);
            add_all(sums + wrapped, source, row_size - wrapped);
        }
        for (size_t lane = 0; lane < lanes; lane++)
            for (size_t column = 0; column < columns; column++) {
                const size_t place = row * row_size + lane * columns + column;
                const float sum = sums[column * lanes + lane];
                output[place] = factor ? 2.0f * factor[place] * sum : sum;
            }
    }
}

// MARK: optimisers

static void momentum_sgd(float *w, float *m, const float *g, float rate, float momentum, size_t count) {
    momentum_sgd_rule(w, m, g, rate, momentum, count);
}

static void adam(float *w, float *m, float *s, const float *g, float rate, float beta1, float rest1, float beta2, float rest2,
                 float correction, float epsilon, size_t count) {
    adam_rule(w, m, s, g, rate, beta1, rest1, beta2, rest2, correction, epsilon, count);
}

// MARK: random draws

enum { blocks_at_once = 16, draws_at_once = 4 * blocks_at_once };

// Sixteen consecutive Philox blocks, word by word: words[j][i] is word j of block first + i.
static inline void philox_blocks(uint64_t seed, uint32_t purpose, uint32_t step, uint64_t first, uint32_t words[4][blocks_at_once]) {
    for (size_t i = 0; i < blocks_at_once; i++) {
        const uint64_t position = first + i;
        uint32_t c0 = (uint32_t)position, c1 = (uint32_t)(position >> 32), c2 = step, c3 = purpose;
        uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
        for (int round = 0; round < 10; round++) {
            const uint64_t product0 = (uint64_t)0xD2511F53u * c0, product1 = (uint64_t)0xCD9E8D57u * c2;
            c0 = (uint32_t)(product1 >> 32) ^ c1 ^ k0;
            c1 = (uint32_t)product1;
            c2 = (uint32_t)(product0 >> 32) ^ c3 ^ k1;
            c3 = (uint32_t)product0;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        words[0][i] = c0;
        words[1][i] = c1;
        words[2][i] = c2;
        words[3][i] = c3;
    }
}

// log u for u in [2^-32, 1], in double: the series of 2 artanh s to s^19 (error below 1e-15).
static inline double logarithm_double(double u) {
    const uint64_t root_half = 0x3fe6a09e667f3bcdull;
    const uint64_t offset = bits_of_double(u) - root_half;
    const int32_t exponent = (int32_t)(uint32_t)(offset >> 32) >> 20;
    const double f = double_of((offset & 0x000fffffffffffffull) + root_half) - 1.0;
    const double s = f / (2.0 + f), z = s * s;
    double l = 2.0 / 19.0;
    l = l * z + 2.0 / 17.0;
    l = l * z + 2.0 / 15.0;
    l = l * z + 2.0 / 13.0;
    l = l * z + 2.0 / 11.0;
    l = l * z + 2.0 / 9.0;
    l = l * z + 2.0 / 7.0;
    l = l * z + 2.0 / 5.0;
    l = l * z + 2.0 / 3.0;
    l = l * z + 2.0;
    return (double)exponent * 0.69314718055994530942 + s * l;
}

// Box and Muller 1958: √(−2 log u) (cos 2πw, sin 2πw), u = (first word + 1) / 2^32, w = second word / 2^32. The angle is reduced
// to ±π/4 on the integer, exactly; Taylor's series to the 13th and 14th order leave 2e-14.
static inline void box_muller(uint32_t first, uint32_t second, float *cosine_draw, float *sine_draw) {
    const double u = ((double)first + 1.0) * 0x1p-32;
    const double squared = -2.0 * logarithm_double(u);
    const double radius = sqrt(squared > 0.0 ? squared : 0.0);
    const uint32_t quadrant = (second + 0x20000000u) >> 30;
    const int32_t rest = (int32_t)(second - (quadrant << 30));
    const double a = (double)rest * (6.28318530717958647693 * 0x1p-32), z = a * a;
    double sine = 1.0 / 6227020800.0;
    sine = sine * z - 1.0 / 39916800.0;
    sine = sine * z + 1.0 / 362880.0;
    sine = sine * z - 1.0 / 5040.0;
    sine = sine * z + 1.0 / 120.0;
    sine = sine * z - 1.0 / 6.0;
    sine = sine * z * a + a;
    double cosine = -1.0 / 87178291200.0;
    cosine = cosine * z + 1.0 / 479001600.0;
    cosine = cosine * z - 1.0 / 3628800.0;
    cosine = cosine * z + 1.0 / 40320.0;
    cosine = cosine * z - 1.0 / 720.0;
    cosine = cosine * z + 1.0 / 24.0;
    cosine = cosine * z - 0.5;
    cosine = cosine * z + 1.0;
    const int odd = (int)(quadrant & 1u);
    const double x = odd ? sine : cosine, y = odd ? cosine : sine;
    const double turned_x = quadrant == 1u || quadrant == 2u ? -x : x;
    const double turned_y = quadrant == 2u || quadrant == 3u ? -y : y;
    *cosine_draw = (float)(radius * turned_x);
    *sine_draw = (float)(radius * turned_y);
}

static inline void normal_draws(uint64_t seed, uint32_t purpose, uint32_t step, uint64_t block, float draws[4][blocks_at_once]) {
    uint32_t words[4][blocks_at_once];
    philox_blocks(seed, purpose, step, block, words);
    for (size_t i = 0; i < blocks_at_once; i++) box_muller(words[0][i], words[1][i], &draws[0][i], &draws[1][i]);
    for (size_t i = 0; i < blocks_at_once; i++) box_muller(words[2][i], words[3][i], &draws[2][i], &draws[3][i]);
}

static inline void uniform_draws(uint64_t seed, uint32_t purpose, uint32_t step, uint64_t block, float bound, float draws[4][blocks_at_once]) {
    uint32_t words[4][blocks_at_once];
    philox_blocks(seed, purpose, step, block, words);
    for (size_t j = 0; j < 4; j++)
        for (size_t i = 0; i < blocks_at_once; i++) {
            // 24 bits, so that the difference below is exact and only the product by the bound is rounded.
            const int32_t centred = (int32_t)(words[j][i] >> 8) - 0x800000;
            draws[j][i] = (float)centred * 0x1p-23f * bound;
        }
}

// Copies the draws of sixteen blocks that fall into position ..< position + count, in order of position.
static inline size_t copy_draws(const float draws[4][blocks_at_once], uint64_t position, uint64_t block_start, float *output,
                                size_t count) {
    const size_t skip = (size_t)(position - block_start);
    size_t copied = 0;
    for (size_t i = skip; i < draws_at_once && copied < count; i++, copied++) output[copied] = draws[i % 4][i / 4];
    return copied;
}

static void normals(uint64_t seed, uint32_t purpose, uint32_t step, uint64_t first, float *output, size_t count) {
    float draws[4][blocks_at_once];
    while (count > 0) {
        const uint64_t block = first / 4;
        normal_draws(seed, purpose, step, block, draws);
        const size_t copied = copy_draws((const float(*)[blocks_at_once])draws, first, block * 4, output, count);
        first += copied;
        output += copied;
        count -= copied;
    }
}

static void uniforms(uint64_t seed, uint32_t purpose, uint32_t step, uint64_t first, float bound, float *output, size_t count) {
    float draws[4][blocks_at_once];
    while (count > 0) {
        const uint64_t block = first / 4;
        uniform_draws(seed, purpose, step, block, bound, draws);
        const size_t copied = copy_draws((const float(*)[blocks_at_once])draws, first, block * 4, output, count);
        first += copied;
        output += copied;
        count -= copied;
    }
}

const elementwise_kernels KERNELS = {
    .name = KERNELS_NAME,
    .exponential = exponential_all,
    .logarithm = logarithm_all,
    .logarithm_one_plus = logarithm_one_plus_all,
    .sigmoid = sigmoid_all,
    .bias_activation = bias_activation,
    .rectifier_mask = rectifier_mask,
    .column_sums = column_sums,
    .gaussian_sample = gaussian_sample,
    .gaussian_divergence = gaussian_divergence,
    .gaussian_log_ratio = gaussian_log_ratio,
    .gaussian_gradient = gaussian_gradient,
    .bernoulli = bernoulli,
    .topographic_quotient = topographic_quotient,
    .topographic_quotient_gradient = topographic_quotient_gradient,
    .topographic_sum = topographic_sum,
    .momentum_sgd = momentum_sgd,
    .adam = adam,
    .normals = normals,
    .uniforms = uniforms,
};

#if defined(KERNELS_TARGET)
#pragma clang attribute pop
#endif
