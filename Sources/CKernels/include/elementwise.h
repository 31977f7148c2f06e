// Elementwise and row kernels. Each exists once per instruction set, compiled from the one source in elementwise_kernels.h with
// floating-point contraction off: every operation is rounded as written, so all of them, on any processor, give the same bits.
//
// Matrices are row-major; a `stride` is the distance between rows in floats. Sums of a row are in double, in the fixed order
// that `row_sum` in elementwise_kernels.h states. Kernels start no threads: callers divide rows among tasks.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "processor.h"

/// What a dense layer applies after its bias.
typedef enum {
    activation_identity = 0,
    activation_rectifier = 1,
    activation_sigmoid = 2,
} activation_kind;

/// One nonzero entry of a topographic kernel: the output at (row, column) takes the input at (row − row_shift, column − column_shift),
/// both modulo the field's size; shifts are given already reduced to 0 ..< size.
typedef struct {
    uint32_t row_shift, column_shift;
} topographic_tap;

typedef struct {
    const char *name;

    // y[i] = f(x[i]); x and y may be the same place. Accuracy over the whole range, subnormals included: exp and log within
    // 2 units in the last place, log1p and sigmoid within 4.
    void (*exponential)(const float *x, float *y, size_t count);
    void (*logarithm)(const float *x, float *y, size_t count);
    void (*logarithm_one_plus)(const float *x, float *y, size_t count);
    void (*sigmoid)(const float *x, float *y, size_t count);

    /// In place: a = activation(a + bias), where the column first_column + j takes bias[(first_column + j) / span].
    void (*bias_activation)(float *a, size_t rows, size_t columns, size_t stride, const float *bias, size_t first_column, size_t span,
                            activation_kind activation);
    /// The rectifier's backward pass, in place: gradient = 0 where the rectifier's output was 0.
    void (*rectifier_mask)(float *gradient, size_t gradient_stride, const float *output, size_t output_stride, size_t rows, size_t columns);
    /// sums[j] = Σ over rows, first to last, of a[row, j], in double.
    void (*column_sums)(const float *a, size_t rows, size_t columns, size_t stride, double *sums);

    /// Reparameterisation: deviation = exp(log_variance / 2), sample = mean + deviation · noise.
    void (*gaussian_sample)(const float *mean, const float *log_variance, const float *noise, float *deviation, float *sample, size_t count);
    /// Σ ½ (deviation² + mean² − 1 − log_variance): KL(N(mean, deviation²) ‖ N(0, 1)) in nats.
    double (*gaussian_divergence)(const float *mean, const float *log_variance, const float *deviation, size_t count);
    /// Σ ½ (noise² + log_variance − sample²): log N(sample; 0, 1) − log N(sample; mean, deviation²) in nats.
    double (*gaussian_log_ratio)(const float *sample, const float *noise, const float *log_variance, size_t count);
    /// Through sample and KL: mean' = sample' + scale · mean; log_variance' = ½ (sample' · deviation · noise + scale · (deviation² − 1)).
    void (*gaussian_gradient)(const float *sample_gradient, const float *mean, const float *deviation, const float *noise, float scale,
                              float *mean_gradient, float *log_variance_gradient, size_t count);

    /// Σ −x log p − (1 − x) log(1 − p) in nats, p clamped to [ε, 1 − ε], ε = 2⁻²³. Where `gradient` is given, it receives
    /// scale · (derivative by the sigmoid's argument) = scale · (p − x), and 0 where the clamp is active.
    double (*bernoulli)(const float *probability, const float *target, float scale, float *gradient, size_t count);

    /// t = (z + mu) / sqrt(v + 1e-6).
    void (*topographic_quotient)(const float *z, const float *v, float mu, float *t, size_t count);
    /// dz = g / sqrt(v + 1e-6), dv = −½ g t / (v + 1e-6); returns Σ dz, the row's share of the derivative by mu.
    double (*topographic_quotient_gradient)(const float *g, const float *t, const float *v, float *dz, float *dv, size_t count);
    /// One group of a topographic field [rows, lanes, columns]: output = Σ over taps, in order, of the shifted input, circular in rows
    /// and columns. `squared` sums the input's squares; `factor`, where given, multiplies the result by 2 · factor.
    /// `scratch` holds (rows + 1) · lanes · columns floats.
    void (*topographic_sum)(const float *input, int squared, const float *factor, float *output, size_t rows, size_t lanes,
                            size_t columns, const topographic_tap *taps, size_t tap_count, float *scratch);

    /// torch.optim.SGD: m = momentum · m + g; w = w − rate · m.
    void (*momentum_sgd)(float *w, float *m, const float *g, float rate, float momentum, size_t count);
    /// torch.optim.Adam: m = β1 m + rest1 g; s = β2 s + rest2 g²; w = w − rate · m / (sqrt(s) / correction + epsilon), where
    /// rest = 1 − β (taken in double, so that 1 − 0.999 is 0.001), rate is already divided by 1 − β1ᵏ, and correction = sqrt(1 − β2ᵏ).
    void (*adam)(float *w, float *m, float *s, const float *g, float rate, float beta1, float rest1, float beta2, float rest2,
                 float correction, float epsilon, size_t count);

    /// Draws at positions first ..< first + count of the stream (seed, purpose, step). Four draws share a Philox block: the draw
    /// at position p is number p mod 4 of block p / 4.
    void (*normals)(uint64_t seed, uint32_t purpose, uint32_t step, uint64_t first, float *output, size_t count);
    /// Likewise, uniform on [−bound, bound) with 24 random bits.
    void (*uniforms)(uint64_t seed, uint32_t purpose, uint32_t step, uint64_t first, float bound, float *output, size_t count);
} elementwise_kernels;

/// The kernels compiled for an instruction set, or the strongest weaker ones that this processor supports.
const elementwise_kernels *elementwise_kernels_for(instruction_set set);
