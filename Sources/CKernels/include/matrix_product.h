// The products of dense layers in portable arithmetic: every element of a result is ONE chain of IEEE 754 fused multiply-adds in
// single precision, from +0, over the inner index in increasing order; +0 is added at the end, so that no result is −0.
// Blocking, threads, vector width and skipped zeros leave that chain as it is (docs/arithmetic.md), so none changes a bit.
//
// Matrices are row-major and contiguous. N examples, I inputs, O outputs; weights are [O, I].
#pragma once
#include <stddef.h>

#include "elementwise.h"
#include "processor.h"
#include "thread_pool.h"

/// What becomes of a gradient as soon as it is known.
typedef enum {
    weight_update_none = 0,          // it is stored
    weight_update_momentum_sgd = 1,  // as in elementwise_kernels.momentum_sgd
    weight_update_adam = 2,          // as in elementwise_kernels.adam
} weight_update_kind;

/// Rule, places and constants of an update, by the names of the elementwise kernels; `first` is momentum SGD's momentum.
typedef struct {
    weight_update_kind kind;
    float *value, *first, *second;
    float rate, factor;
    float beta1, rest1, beta2, rest2, correction, epsilon;
} weight_update;

/// The vector kernels of one instruction set.
typedef struct product_kernels product_kernels;

/// The kernels compiled for an instruction set, or the strongest weaker ones that this processor supports.
const product_kernels *product_kernels_for(instruction_set set);

/// Scratch memory for products: grows when a larger product comes, and serves one product at a time (others wait).
typedef struct product_workspace product_workspace;
product_workspace *product_workspace_create(void);
void product_workspace_destroy(product_workspace *workspace);

/// All products return 0, or −1 where there was no memory for scratch; then nothing was computed. Sizes may be 0. What a product writes
/// overlaps nothing that it reads, an update's places aside. No product is called from within a task of the pool.

/// output[N, O] = activation(input[N, I] · weightᵀ + bias), where output o takes bias[o / span].
int product_forward(const product_kernels *kernels, const elementwise_kernels *elementwise, thread_pool *pool, product_workspace *workspace,
                    const float *input, const float *weight, const float *bias, size_t span, activation_kind activation, float *output,
                    size_t examples, size_t inputs, size_t outputs);

/// input_gradient[N, I] = output_gradient[N, O] · weight; 0 where `rectifier_output`, if given, is not above 0.
int product_input_gradient(const product_kernels *kernels, thread_pool *pool, const float *output_gradient, const float *weight,
                           const float *rectifier_output, float *input_gradient, size_t examples, size_t inputs, size_t outputs);

/// The gradient output_gradientᵀ · input, [O, I]: stored in `gradient`, or given to `update` element by element and never stored.
int product_weight_gradient(const product_kernels *kernels, thread_pool *pool, product_workspace *workspace, const float *output_gradient,
                            const float *input, float *gradient, const weight_update *update, size_t examples, size_t inputs, size_t outputs);

/// The instruction set of a table, for messages: "avx512", "avx2", "neon" or "scalar".
const char *product_kernels_name(const product_kernels *kernels);
