// The tile kernels of portable products, compiled once per instruction set. A tile is up to 24 rows by 16 lanes; its elements are
//
//     c[r][l] = fma(a[r, k], panel[k][l], c[r][l])   for k in increasing order,
//
// one chain of fused multiply-adds each, whatever the width of the vectors that hold the lanes. `panel` is a run of 16 floats per k. a[r, k]
// is at a[r · stride + k] (rows as they lie in a matrix) or at a[k · 24 + r] (packed rows). `positions`, where given, lists the k's to
// take, ascending: the others are those whose factors in the panel are all zero.
// Convolutions add tiles whose factors or sums lie otherwise: the same chains.
//
// The includer defines PRODUCT_KERNELS (the table's name), PRODUCT_NAME, and at most one of PRODUCT_AVX512, PRODUCT_AVX2, PRODUCT_NEON.
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "optimizer_rules.h"
#include "product_tiles.h"

#if defined(PRODUCT_AVX512) || defined(PRODUCT_AVX2)
#include <immintrin.h>
#endif
#if defined(PRODUCT_NEON)
#include <arm_neon.h>
#endif

#if defined(KERNELS_TARGET)
#pragma clang attribute push(__attribute__((target(KERNELS_TARGET))), apply_to = function)
#endif

#define ALWAYS_INLINE static inline __attribute__((always_inline))

// MARK: sixteen lanes

#if defined(PRODUCT_AVX512)
enum { most_rows_at_once = 24 };
typedef __m512 lanes;
ALWAYS_INLINE lanes lanes_zero(void) { return _mm512_setzero_ps(); }
ALWAYS_INLINE lanes lanes_load(const float *p) { return _mm512_loadu_ps(p); }
ALWAYS_INLINE void lanes_store(float *p, lanes v) { _mm512_storeu_ps(p, v); }
// The factor is read from memory by the multiply-add itself ("embedded broadcast"): no register and no instruction of its own.
ALWAYS_INLINE lanes lanes_fma(const float *factor, lanes b, lanes sum) { return _mm512_fmadd_ps(_mm512_set1_ps(*factor), b, sum); }
#elif defined(PRODUCT_AVX2)
enum { most_rows_at_once = 6 };
typedef struct {
    __m256 low, high;
} lanes;
ALWAYS_INLINE lanes lanes_zero(void) { return (lanes){_mm256_setzero_ps(), _mm256_setzero_ps()}; }
ALWAYS_INLINE lanes lanes_load(const float *p) { return (lanes){_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
ALWAYS_INLINE void lanes_store(float *p, lanes v) {
    _mm256_storeu_ps(p, v.low);
    _mm256_storeu_ps(p + 8, v.high);
}
ALWAYS_INLINE lanes lanes_fma(const float *factor, lanes b, lanes sum) {
    const __m256 a = _mm256_broadcast_ss(factor);
    return (lanes){_mm256_fmadd_ps(a, b.low, sum.low), _mm256_fmadd_ps(a, b.high, sum.high)};
}
#elif defined(PRODUCT_NEON)
enum { most_rows_at_once = 6 };
typedef struct {
    float32x4_t part[4];
} lanes;
ALWAYS_INLINE lanes lanes_load(const float *p) { return (lanes){{vld1q_f32(p), vld1q_f32(p + 4), vld1q_f32(p + 8), vld1q_f32(p + 12)}}; }
ALWAYS_INLINE lanes lanes_zero(void) {
    const float32x4_t zero = vdupq_n_f32(0.0f);
    return (lanes){{zero, zero, zero, zero}};
}
ALWAYS_INLINE void lanes_store(float *p, lanes v) {
    for (int i = 0; i < 4; i++) vst1q_f32(p + 4 * i, v.part[i]);
}
ALWAYS_INLINE lanes lanes_fma(const float *factor, lanes b, lanes sum) {
    const float32x4_t a = vld1q_dup_f32(factor);
    for (int i = 0; i < 4; i++) sum.part[i] = vfmaq_f32(sum.part[i], a, b.part[i]);
    return sum;
}
#else
enum { most_rows_at_once = 1 };
typedef struct {
    float part[16];
} lanes;
ALWAYS_INLINE lanes lanes_zero(void) { return (lanes){{0}}; }
ALWAYS_INLINE lanes lanes_load(const float *p) {
    lanes v;
    memcpy(v.part, p, sizeof v.part);
    return v;
}
ALWAYS_INLINE void lanes_store(float *p, lanes v) { memcpy(p, v.part, sizeof v.part); }
ALWAYS_INLINE lanes lanes_fma(const float *factor, lanes b, lanes sum) {
    // fmaf rounds once, by the processor's instruction or, where it has none, by the C library's exact emulation.
    for (int i = 0; i < 16; i++) sum.part[i] = fmaf(*factor, b.part[i], sum.part[i]);
    return sum;
}
#endif

// MARK: tiles

/// The compiler forgets how a value came about.
#define HIDE(value) __asm__("" : "+r"(value))

/// Where a stream of cache lines begins that a later tile will need: one line per row in each of up to three matrices.
typedef struct {
    const char *next[3];
    size_t matrices, step, lines;
} line_stream;

/// Asks for the next line: row by row, each row of all matrices in turn.
ALWAYS_INLINE void take_line(line_stream *stream) {
    const size_t matrix = stream->lines % stream->matrices;
    __builtin_prefetch(stream->next[matrix], 1, 3);
    stream->next[matrix] += stream->step;
    stream->lines--;
}

ALWAYS_INLINE void tile_rows(const size_t rows, const bool packed, const float *a, size_t stride, const uint32_t *positions, size_t count,
                             const float *panel, bool resume, float *c, line_stream *ahead) {
    lanes sums[24];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) sums[r] = resume ? lanes_load(c + r * product_lanes) : lanes_zero();
    // Eight rows share a base register, and the stride's multiples fit the processor's addressing. Hidden, because otherwise the compiler
    // derives each row's address from the one before, a chain as long as the multiply-adds themselves, or keeps 24 of them in memory.
    size_t step = stride * sizeof(float), step3 = 3 * step, step5 = 5 * step, step7 = 7 * step;
    if (!packed && rows > 1) {
        HIDE(step);
        HIDE(step3);
        HIDE(step5);
        HIDE(step7);
    }
    const size_t step8 = 8 * step;
    size_t k = 0;
#define TAKE_POSITION                                                                                                                       \
    {                                                                                                                                       \
        const size_t place = positions ? positions[k] : k;                                                                                  \
        const lanes b = lanes_load(panel + place * product_lanes);                                                                          \
        const float *packed_factors = a + place * product_rows;                                                                             \
        const char *base[3] = {(const char *)(a + place)};                                                                                  \
        base[1] = base[0] + step8;                                                                                                          \
        base[2] = base[1] + step8;                                                                                                          \
        if (!packed && rows > 1) {                                                                                                          \
            HIDE(base[0]);                                                                                                                  \
            if (rows > 8) HIDE(base[1]);                                                                                                    \
            if (rows > 16) HIDE(base[2]);                                                                                                   \
        }                                                                                                                                   \
        _Pragma("clang loop unroll(full)") for (size_t r = 0; r < rows; r++) {                                                              \
            const size_t steps[8] = {0, step, 2 * step, step3, 4 * step, step5, 2 * step3, step7};                                          \
            const float *factor = packed ? packed_factors + r : (const float *)(base[r / 8] + steps[r % 8]);                                \
            sums[r] = lanes_fma(factor, b, sums[r]);                                                                                        \
        }                                                                                                                                   \
    }
    // Lines are asked for one by one between the multiply-adds: all at once they would hold up the loads that these need.
    if (ahead)
        for (; k < count && ahead->lines > 0; k++) {
            take_line(ahead);
            TAKE_POSITION
        }
    for (; k < count; k++) TAKE_POSITION
#undef TAKE_POSITION
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) lanes_store(c + r * product_lanes, sums[r]);
}

#define TILE_PARTS(rows_at_once)                                                                                                            \
    for (; rows >= rows_at_once && rows_at_once <= most_rows_at_once; rows -= rows_at_once) {                                               \
        tile_rows(rows_at_once <= most_rows_at_once ? rows_at_once : 1, packed, a, stride, positions, count, panel, resume, c, ahead);      \
        a += rows_at_once * (packed ? 1 : stride);                                                                                          \
        c += rows_at_once * product_lanes;                                                                                                  \
    }

ALWAYS_INLINE void tile(size_t rows, const bool packed, const float *a, size_t stride, const uint32_t *positions, size_t count, const float *panel,
                        bool resume, float *c, line_stream *ahead) {
    TILE_PARTS(24)
    TILE_PARTS(16)
    TILE_PARTS(12)
    TILE_PARTS(8)
    TILE_PARTS(6)
    TILE_PARTS(4)
    TILE_PARTS(2)
    TILE_PARTS(1)
}

static void tile_of_rows(size_t rows, const float *a, size_t stride, const uint32_t *positions, size_t count, const float *panel, int resume,
                         float *c) {
    if (positions)
        tile(rows, false, a, stride, positions, count, panel, resume != 0, c, NULL);
    else
        tile(rows, false, a, stride, NULL, count, panel, resume != 0, c, NULL);
}

static void tile_of_packed(size_t rows, const float *a, const uint32_t *positions, size_t count, const float *panel, float *c,
                           const float *const ahead[3], size_t ahead_rows, size_t ahead_stride) {
    line_stream stream = {.matrices = 0, .step = ahead_stride * sizeof(float)};
    for (int i = 0; i < 3; i++)
        if (ahead[i]) stream.next[stream.matrices++] = (const char *)ahead[i];
    stream.lines = stream.matrices * ahead_rows;
    if (positions)
        tile(rows, true, a, 1, positions, count, panel, false, c, &stream);
    else
        tile(rows, true, a, 1, NULL, count, panel, false, c, &stream);
    while (stream.lines > 0) take_line(&stream);
}

// MARK: what surrounds the tiles

typedef float four_floats __attribute__((vector_size(16)));

/// b[j, i] = a[i, j] for i and j below 4, with + 0 where `plus_zero` is set.
ALWAYS_INLINE void transpose_four(const float *a, size_t a_stride, float *b, size_t b_stride, const int plus_zero) {
    four_floats row[4], column[4];
    for (size_t i = 0; i < 4; i++) {
        memcpy(&row[i], a + i * a_stride, sizeof row[i]);
        if (plus_zero) row[i] = row[i] + 0.0f;
    }
    const four_floats even01 = __builtin_shufflevector(row[0], row[1], 0, 4, 1, 5), odd01 = __builtin_shufflevector(row[0], row[1], 2, 6, 3, 7);
    const four_floats even23 = __builtin_shufflevector(row[2], row[3], 0, 4, 1, 5), odd23 = __builtin_shufflevector(row[2], row[3], 2, 6, 3, 7);
    column[0] = __builtin_shufflevector(even01, even23, 0, 1, 4, 5);
    column[1] = __builtin_shufflevector(even01, even23, 2, 3, 6, 7);
    column[2] = __builtin_shufflevector(odd01, odd23, 0, 1, 4, 5);
    column[3] = __builtin_shufflevector(odd01, odd23, 2, 3, 6, 7);
    for (size_t j = 0; j < 4; j++) memcpy(b + j * b_stride, &column[j], sizeof column[j]);
}

static void turn(const float *a, size_t stride, size_t rows, size_t columns, float *panel) {
    size_t first = 0;
    if (rows == product_lanes)
        for (; first + 4 <= columns; first += 4)
            for (size_t l = 0; l < product_lanes; l += 4)
                transpose_four(a + l * stride + first, stride, panel + first * product_lanes + l, product_lanes, 0);
    for (size_t k = first; k < columns; k++)
        for (size_t l = 0; l < product_lanes; l++) panel[k * product_lanes + l] = l < rows ? a[l * stride + k] : 0.0f;
}

static size_t pack_transposed(const float *a, size_t stride, size_t rows, size_t columns, float *panel, uint32_t *positions) {
    turn(a, stride, rows, columns, panel);
    size_t count = 0;
    for (size_t k = 0; k < columns; k++) {
        uint32_t words[product_lanes], any = 0;
        memcpy(words, panel + k * product_lanes, sizeof words);
        for (size_t l = 0; l < product_lanes; l++) any |= words[l] << 1;
        positions[count] = (uint32_t)k;
        count += any != 0;
    }
    return count;
}

static int pack_run(const float *a, size_t columns, float *run) {
    if (columns == product_lanes) {
        uint32_t words[product_lanes], any = 0;
        memcpy(words, a, sizeof words);
        for (size_t l = 0; l < product_lanes; l++) any |= words[l] << 1;
        memcpy(run, words, sizeof words);
        return any != 0;
    }
    uint32_t any = 0;
    for (size_t l = 0; l < product_lanes; l++) {
        uint32_t word = 0;
        if (l < columns) memcpy(&word, a + l, sizeof word);
        memcpy(run + l, &word, sizeof word);
        any |= word << 1;
    }
    return any != 0;
}

static int all_finite(const float *a, size_t count) {
    uint32_t largest = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t word;
        memcpy(&word, a + i, sizeof word);
        word &= 0x7fffffffu;
        largest = word > largest ? word : largest;
    }
    return largest < 0x7f800000u;
}

static void store_transposed(const float *c, size_t rows, size_t examples, float *output, size_t stride) {
    size_t first = 0;
    if (rows == product_rows)
        for (; first + 4 <= examples; first += 4)
            for (size_t r = 0; r < product_rows; r += 4)
                transpose_four(c + r * product_lanes + first, product_lanes, output + first * stride + r, stride, 1);
    for (size_t l = first; l < examples; l++)
        for (size_t r = 0; r < rows; r++) output[l * stride + r] = c[r * product_lanes + l] + 0.0f;
}

static void pack_block(const float *a, size_t stride, size_t rows, size_t columns, float *panels, size_t panel_stride) {
    for (size_t k = 0; k < rows; k++) {
        const float *row = a + k * stride;
        float *run = panels + k * product_lanes;
        size_t column = 0;
        for (; column + product_lanes <= columns; column += product_lanes, run += panel_stride) lanes_store(run, lanes_load(row + column));
        for (size_t l = 0; column < columns && l < product_lanes; l++) run[l] = column + l < columns ? row[column + l] : 0.0f;
    }
}

typedef float sixteen_floats __attribute__((vector_size(64)));
typedef int32_t sixteen_words __attribute__((vector_size(64)));

/// `values` where `kept` has all bits set, +0 where it has none.
#define KEEP(values, kept) ((sixteen_floats)((sixteen_words)(values) & (sixteen_words)(kept)))

ALWAYS_INLINE void store_finished_row(const size_t columns, const float *c, const float *bias, int rectifies, const float *rectifier_output,
                                      float *output) {
    sixteen_floats sums, other = {0};
    memcpy(&sums, c, sizeof sums);
    sums = sums + 0.0f;
    if (bias) {
        memcpy(&other, bias, columns * sizeof(float));
        sums = sums + other;
        if (rectifies) sums = KEEP(sums, (sums > 0.0f) | (sums != sums));
    }
    if (rectifier_output) {
        memcpy(&other, rectifier_output, columns * sizeof(float));
        sums = KEEP(sums, other > 0.0f);
    }
    memcpy(output, &sums, columns * sizeof(float));
}

static void store_finished(const float *c, size_t panel_stride, size_t rows, size_t columns, const float *bias, int rectifies,
                           const float *rectifier_output, float *output, size_t stride) {
    for (size_t row = 0; row < rows; row++) {
        const float *sums = c + row * product_lanes;
        const size_t place = row * stride;
        size_t column = 0;
        for (; column + product_lanes <= columns; column += product_lanes, sums += panel_stride)
            store_finished_row(product_lanes, sums, bias ? bias + column : NULL, rectifies,
                               rectifier_output ? rectifier_output + place + column : NULL, output + place + column);
        if (column < columns)
            store_finished_row(columns - column, sums, bias ? bias + column : NULL, rectifies,
                               rectifier_output ? rectifier_output + place + column : NULL, output + place + column);
    }
}

static void store_block(const float *c, size_t panel_stride, size_t rows, size_t columns, const float *rectifier_output, float *output,
                        size_t stride) {
    store_finished(c, panel_stride, rows, columns, NULL, 0, rectifier_output, output, stride);
}

ALWAYS_INLINE void update_row(const size_t columns, const float *c, float *gradient, const weight_update *update, size_t place) {
    float g[product_lanes];
    for (size_t l = 0; l < columns; l++) g[l] = c[l] + 0.0f;
    switch (update ? update->kind : weight_update_none) {
        case weight_update_none:
            memcpy(gradient + place, g, columns * sizeof(float));
            break;
        case weight_update_momentum_sgd:
            momentum_sgd_rule(update->value + place, update->first + place, g, update->rate, update->factor, columns);
            break;
        case weight_update_adam:
            adam_rule(update->value + place, update->first + place, update->second + place, g, update->rate, update->beta1, update->rest1,
                      update->beta2, update->rest2, update->correction, update->epsilon, columns);
            break;
    }
}

static void finish_gradient(const float *c, size_t rows, size_t columns, float *gradient, const weight_update *update, size_t place,
                            size_t stride) {
    if (columns == product_lanes)
        for (size_t r = 0; r < rows; r++) update_row(product_lanes, c + r * product_lanes, gradient, update, place + r * stride);
    else
        for (size_t r = 0; r < rows; r++) update_row(columns, c + r * product_lanes, gradient, update, place + r * stride);
}

// MARK: what convolutions need besides

ALWAYS_INLINE void tile_columns(const size_t rows, const float *a, size_t a_stride, const float *panel, size_t panel_stride, size_t count,
                                bool resume, float *c) {
    lanes sums[24];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) sums[r] = resume ? lanes_load(c + r * product_lanes) : lanes_zero();
    for (size_t k = 0; k < count; k++, a += a_stride, panel += panel_stride) {
        const lanes b = lanes_load(panel);
#pragma clang loop unroll(full)
        for (size_t r = 0; r < rows; r++) sums[r] = lanes_fma(a + r, b, sums[r]);
    }
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) lanes_store(c + r * product_lanes, sums[r]);
}

#define COLUMN_PARTS(rows_at_once)                                                                                                          \
    for (; rows >= rows_at_once && rows_at_once <= most_rows_at_once; rows -= rows_at_once) {                                               \
        tile_columns(rows_at_once <= most_rows_at_once ? rows_at_once : 1, a, a_stride, panel, panel_stride, count, resume != 0, c);        \
        a += rows_at_once;                                                                                                                  \
        c += rows_at_once * product_lanes;                                                                                                  \
    }

static void tile_of_columns(size_t rows, const float *a, size_t a_stride, const float *panel, size_t panel_stride, size_t count, int resume,
                            float *c) {
    COLUMN_PARTS(24)
    COLUMN_PARTS(16)
    COLUMN_PARTS(8)
    COLUMN_PARTS(6)
    COLUMN_PARTS(4)
    COLUMN_PARTS(2)
    COLUMN_PARTS(1)
}

ALWAYS_INLINE void tile_lines(const size_t rows, const float *a, size_t stride, size_t line, size_t lines, size_t run, const float *panel,
                              size_t panel_line, bool resume, float *c) {
    lanes sums[24];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) sums[r] = resume ? lanes_load(c + r * product_lanes) : lanes_zero();
    // As in tile_rows.
    size_t step = stride * sizeof(float), step3 = 3 * step, step5 = 5 * step, step7 = 7 * step;
    HIDE(step);
    HIDE(step3);
    HIDE(step5);
    HIDE(step7);
    const size_t step8 = 8 * step;
    for (; lines > 0; lines--, a += line, panel += panel_line) {
        const char *base[3] = {(const char *)a};
        base[1] = base[0] + step8;
        base[2] = base[1] + step8;
        HIDE(base[0]);
        if (rows > 8) HIDE(base[1]);
        if (rows > 16) HIDE(base[2]);
        for (size_t k = 0; k < run; k++) {
            const lanes b = lanes_load(panel + k * product_lanes);
#pragma clang loop unroll(full)
            for (size_t r = 0; r < rows; r++) {
                const size_t steps[8] = {0, step, 2 * step, step3, 4 * step, step5, 2 * step3, step7};
                sums[r] = lanes_fma((const float *)(base[r / 8] + steps[r % 8]), b, sums[r]);
            }
            base[0] += sizeof(float);
            base[1] += sizeof(float);
            base[2] += sizeof(float);
        }
    }
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) lanes_store(c + r * product_lanes, sums[r]);
}

#define LINE_PARTS(rows_at_once)                                                                                                            \
    for (; rows >= rows_at_once && rows_at_once <= most_rows_at_once; rows -= rows_at_once) {                                               \
        tile_lines(rows_at_once <= most_rows_at_once ? rows_at_once : 1, a, stride, line, lines, run, panel, panel_line, resume != 0, c);   \
        a += rows_at_once * stride;                                                                                                         \
        c += rows_at_once * product_lanes;                                                                                                  \
    }

static void tile_of_lines(size_t rows, const float *a, size_t stride, size_t line, size_t lines, size_t run, const float *panel,
                          size_t panel_line, int resume, float *c) {
    LINE_PARTS(24)
    LINE_PARTS(16)
    LINE_PARTS(12)
    LINE_PARTS(8)
    LINE_PARTS(6)
    LINE_PARTS(4)
    LINE_PARTS(2)
    LINE_PARTS(1)
}

ALWAYS_INLINE void tile_positions(const size_t rows, const size_t counts[3], const float *a, const size_t a_steps[3], const float *panel,
                                  const size_t panel_steps[3], bool resume, float *c) {
    lanes sums[24];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) sums[r] = resume ? lanes_load(c + r * product_lanes) : lanes_zero();
    for (size_t n = 0; n < counts[0]; n++)
        for (size_t i = 0; i < counts[1]; i++) {
            const float *factors = a + n * a_steps[0] + i * a_steps[1], *run = panel + n * panel_steps[0] + i * panel_steps[1];
            for (size_t j = counts[2]; j > 0; j--, factors += a_steps[2], run += panel_steps[2]) {
                const lanes b = lanes_load(run);
#pragma clang loop unroll(full)
                for (size_t r = 0; r < rows; r++) sums[r] = lanes_fma(factors + r, b, sums[r]);
            }
        }
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) lanes_store(c + r * product_lanes, sums[r]);
}

#define POSITION_PARTS(rows_at_once)                                                                                                        \
    for (; rows >= rows_at_once && rows_at_once <= most_rows_at_once; rows -= rows_at_once) {                                               \
        tile_positions(rows_at_once <= most_rows_at_once ? rows_at_once : 1, counts, a, a_steps, panel, panel_steps, resume != 0, c);       \
        a += rows_at_once;                                                                                                                  \
        c += rows_at_once * product_lanes;                                                                                                  \
    }

static void tile_of_positions(size_t rows, const size_t counts[3], const float *a, const size_t a_steps[3], const float *panel,
                              const size_t panel_steps[3], int resume, float *c) {
    POSITION_PARTS(24)
    POSITION_PARTS(16)
    POSITION_PARTS(12)
    POSITION_PARTS(8)
    POSITION_PARTS(6)
    POSITION_PARTS(4)
    POSITION_PARTS(2)
    POSITION_PARTS(1)
}

ALWAYS_INLINE size_t smaller_of(size_t a, size_t b) { return a < b ? a : b; }

ALWAYS_INLINE void copy_values(const float *from, size_t count, float *to) {
    size_t i = 0;
    for (; i + product_lanes <= count; i += product_lanes) lanes_store(to + i, lanes_load(from + i));
    // Not one masked store: a read soon after would have to wait for it.
#pragma clang loop vectorize(disable) unroll(disable)
    for (; i + 4 <= count; i += 4) memcpy(to + i, from + i, sizeof(four_floats));
#pragma clang loop vectorize(disable) unroll(disable)
    for (; i < count; i++) to[i] = from[i];
}

/// to[i] = line[begin + i] for i < count, +0 where that lies beyond the line's `length` numbers.
ALWAYS_INLINE void copy_clipped(const float *line, ptrdiff_t length, ptrdiff_t begin, size_t count, float *to) {
    if (begin >= 0 && begin + (ptrdiff_t)count <= length) {
        copy_values(line + begin, count, to);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const ptrdiff_t place = begin + (ptrdiff_t)i;
        to[i] = place >= 0 && place < length ? line[place] : 0.0f;
    }
}

static void gather(const windowed_image *from, const window_place *windows, size_t count, size_t first, size_t length, float *rows) {
    // A window's row lies in one piece: `run` numbers of an image's `line`.
    const size_t run = from->window_columns * from->channels, first_row = first / run, first_offset = first % run;
    const ptrdiff_t line = (ptrdiff_t)(from->width * from->channels);
    for (size_t w = 0; w < count; w++, rows += length) {
        ptrdiff_t row = windows[w].row + (ptrdiff_t)first_row;
        ptrdiff_t begin = windows[w].column * (ptrdiff_t)from->channels + (ptrdiff_t)first_offset;
        size_t piece = smaller_of(run - first_offset, length);
        for (size_t done = 0; done < length; row++) {
            if (row >= 0 && row < (ptrdiff_t)from->height)
                copy_clipped(windows[w].image + row * line, line, begin, piece, rows + done);
            else
                for (size_t i = 0; i < piece; i++) rows[done + i] = 0.0f;
            if (done == 0) begin -= (ptrdiff_t)first_offset;
            done += piece;
            piece = smaller_of(run, length - done);
        }
    }
}

ALWAYS_INLINE void tile_places(const size_t rows, const float *a, size_t a_stride, const float *panel, size_t count, float *c,
                               const size_t *offsets) {
    lanes sums[24];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) sums[r] = lanes_load(c + offsets[r]);
    for (size_t k = 0; k < count; k++, a += a_stride, panel += product_lanes) {
        const lanes b = lanes_load(panel);
#pragma clang loop unroll(full)
        for (size_t r = 0; r < rows; r++) sums[r] = lanes_fma(a + r, b, sums[r]);
    }
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) lanes_store(c + offsets[r], sums[r]);
}

#define PLACE_PARTS(rows_at_once)                                                                                                           \
    for (; rows >= rows_at_once && rows_at_once <= most_rows_at_once; rows -= rows_at_once) {                                               \
        tile_places(rows_at_once <= most_rows_at_once ? rows_at_once : 1, a, a_stride, panel, count, c, offsets);                           \
        a += rows_at_once;                                                                                                                  \
        offsets += rows_at_once;                                                                                                            \
    }

static void tile_of_places(size_t rows, const float *a, size_t a_stride, const float *panel, size_t count, float *c, const size_t *offsets) {
    PLACE_PARTS(24)
    PLACE_PARTS(16)
    PLACE_PARTS(12)
    PLACE_PARTS(8)
    PLACE_PARTS(6)
    PLACE_PARTS(4)
    PLACE_PARTS(2)
    PLACE_PARTS(1)
}

const product_kernels PRODUCT_KERNELS = {
    .name = PRODUCT_NAME,
    .tile_of_rows = tile_of_rows,
    .tile_of_packed = tile_of_packed,
    .pack_transposed = pack_transposed,
    .pack_run = pack_run,
    .all_finite = all_finite,
    .store_transposed = store_transposed,
    .pack_block = pack_block,
    .store_block = store_block,
    .finish_gradient = finish_gradient,
    .store_finished = store_finished,
    .tile_of_columns = tile_of_columns,
    .tile_of_lines = tile_of_lines,
    .tile_of_positions = tile_of_positions,
    .gather = gather,
    .turn = turn,
    .tile_of_places = tile_of_places,
};

#if defined(KERNELS_TARGET)
#pragma clang attribute pop
#endif
