#include "matrix_product.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "product_tiles.h"
#include "product_workspace.h"

// How the three products are cut. `depth` values of the inner index are taken at a time, so that what a tile reads stays in the first-level
// cache; the chains continue from where they stopped. Up to `examples_at_once` examples share a block of weights.
enum { depth = 192, examples_at_once = 192, groups_at_once = examples_at_once / product_lanes, panels_at_once = 4 };

extern const product_kernels product_scalar;
#if defined(__x86_64__)
extern const product_kernels product_avx2;
extern const product_kernels product_avx512;
#elif defined(__aarch64__)
extern const product_kernels product_neon;
#endif

const product_kernels *product_kernels_for(instruction_set set) {
    const instruction_set supported = processor_instruction_set();
    const instruction_set chosen = set < supported ? set : supported;
#if defined(__x86_64__)
    if (chosen == instruction_set_avx512) return &product_avx512;
    if (chosen == instruction_set_avx2) return &product_avx2;
#elif defined(__aarch64__)
    if (chosen == instruction_set_neon) return &product_neon;
#endif
    (void)chosen;
    return &product_scalar;
}

const char *product_kernels_name(const product_kernels *kernels) { return kernels->name; }

/// Whether a list of the places other than zero is worth following.
static inline bool is_sparse(size_t count, size_t of) { return count < of - of / 8; }

static inline void prefetch(const float *first, size_t count) {
    for (size_t i = 0; i < count; i += 16) __builtin_prefetch(first + i, 0, 2);
}

// MARK: forward: lanes are examples, rows are outputs

typedef struct {
    const product_kernels *kernels;
    const elementwise_kernels *elementwise;
    const float *input, *weight, *bias;
    float *output;
    size_t examples, inputs, outputs, span;
    activation_kind activation;
    size_t groups, blocks, chunks;
    float *panels;        // [group][input][16]
    uint32_t *positions;  // [group][input], a list per block of inputs
    uint32_t *counts;     // [group][block]
    bool any_sparse;
} forward_product;

static void forward_pack(void *context, size_t task) {
    const forward_product *product = context;
    const size_t group = task / product->blocks, first = task % product->blocks * depth;
    const size_t example = group * product_lanes, place = group * product->inputs + first;
    product->counts[task] = (uint32_t)product->kernels->pack_transposed(
        product->input + example * product->inputs + first, product->inputs, smaller(product_lanes, product->examples - example),
        smaller(depth, product->inputs - first), product->panels + place * product_lanes, product->positions + place);
}

static void forward_task(void *context, size_t task) {
    const forward_product *product = context;
    const size_t inputs = product->inputs, outputs = product->outputs;
    const size_t output = task / product->chunks * product_rows, rows = smaller(product_rows, outputs - output);
    const size_t first_group = task % product->chunks * groups_at_once, groups = smaller(groups_at_once, product->groups - first_group);
    const float *weight = product->weight + output * inputs;
    // A zero factor leaves a chain unchanged unless it meets an infinity or a NaN.
    const bool may_skip = product->any_sparse && product->kernels->all_finite(weight, rows * inputs);

    _Alignas(64) float sums[groups_at_once * product_rows * product_lanes];
    if (product->blocks == 0) memset(sums, 0, sizeof sums);
    for (size_t block = 0; block < product->blocks; block++) {
        const size_t first = block * depth, length = smaller(depth, inputs - first);
        for (size_t group = 0; group < groups; group++) {
            // What the next block needs comes while this one is computed.
            if (block + 1 < product->blocks)
                for (size_t row = group * rows / groups; row < (group + 1) * rows / groups; row++)
                    prefetch(weight + row * inputs + first + depth, smaller(depth, inputs - first - depth));
            const size_t place = (first_group + group) * inputs + first;
            const size_t count = product->counts[(first_group + group) * product->blocks + block];
            const bool skip = may_skip && is_sparse(count, length);
            product->kernels->tile_of_rows(rows, weight + first, inputs, skip ? product->positions + place : NULL, skip ? count : length,
                                           product->panels + place * product_lanes, block > 0,
                                           sums + group * product_rows * product_lanes);
        }
    }
    for (size_t group = 0; group < groups; group++) {
        const size_t example = (first_group + group) * product_lanes;
        product->kernels->store_transposed(sums + group * product_rows * product_lanes, rows,
                                           smaller(product_lanes, product->examples - example),
                                           product->output + example * outputs + output, outputs);
    }
    const size_t example = first_group * product_lanes;
    product->elementwise->bias_activation(product->output + example * outputs + output,
                                          smaller(examples_at_once, product->examples - example), rows, outputs, product->bias, output,
                                          product->span, product->activation);
}

int product_forward(const product_kernels *kernels, const elementwise_kernels *elementwise, thread_pool *pool, product_workspace *workspace,
                    const float *input, const float *weight, const float *bias, size_t span, activation_kind activation, float *output,
                    size_t examples, size_t inputs, size_t outputs) {
    if (examples == 0 || outputs == 0) return 0;
    forward_product product = {
        .kernels = kernels,
        .elementwise = elementwise,
        .input = input,
        .weight = weight,
        .bias = bias,
        .output = output,
        .examples = examples,
        .inputs = inputs,
        .outputs = outputs,
        .span = span,
        .activation = activation,
        .groups = parts(examples, product_lanes),
        .blocks = parts(inputs, depth),
        .chunks = parts(examples, examples_at_once),
    };
    if (inputs > UINT32_MAX) return -1;
    pthread_mutex_lock(&workspace->turn);
    product.panels = product_reserve(&workspace->panels, product.groups * inputs, product_lanes * sizeof(float));
    product.positions = product_reserve(&workspace->positions, product.groups * inputs, sizeof(uint32_t));
    product.counts = product_reserve(&workspace->counts, product.groups * product.blocks, sizeof(uint32_t));
    const bool has_memory = product.panels && product.positions && product.counts;
    if (has_memory) {
        thread_pool_run(pool, product.groups * product.blocks, forward_pack, &product);
        for (size_t group = 0; group < product.groups; group++)
            for (size_t block = 0; block < product.blocks; block++)
                product.any_sparse |= is_sparse(product.counts[group * product.blocks + block], smaller(depth, inputs - block * depth));
        thread_pool_run(pool, parts(outputs, product_rows) * product.chunks, forward_task, &product);
    }
    pthread_mutex_unlock(&workspace->turn);
    return has_memory ? 0 : -1;
}

// MARK: gradient by the input: lanes are inputs, rows are examples

typedef struct {
    const product_kernels *kernels;
    const float *output_gradient, *weight, *rectifier_output;
    float *input_gradient;
    size_t examples, inputs, outputs, chunks;
} input_gradient_product;

static void input_gradient_task(void *context, size_t task) {
    const input_gradient_product *product = context;
    const size_t inputs = product->inputs, outputs = product->outputs;
    const size_t first_input = task / product->chunks * (panels_at_once * product_lanes);
    const size_t first_example = task % product->chunks * examples_at_once;
    const size_t examples = smaller(examples_at_once, product->examples - first_example);
    const size_t width = smaller(panels_at_once * product_lanes, inputs - first_input), panels = parts(width, product_lanes);

    _Alignas(64) float panel[panels_at_once][depth * product_lanes];
    _Alignas(64) float sums[panels_at_once][examples_at_once * product_lanes];
    if (outputs == 0) memset(sums, 0, sizeof sums);
    for (size_t first = 0; first < outputs; first += depth) {
        const size_t length = smaller(depth, outputs - first);
        product->kernels->pack_block(product->weight + first * inputs + first_input, inputs, length, width, panel[0], depth * product_lanes);
        const size_t next = first + depth, next_length = next < outputs ? smaller(depth, outputs - next) : 0;
        for (size_t example = 0; example < examples; example += product_rows) {
            const size_t rows = smaller(product_rows, examples - example);
            for (size_t k = example * next_length / examples; k < (example + rows) * next_length / examples; k++)
                prefetch(product->weight + (next + k) * inputs + first_input, width);
            if (next_length == 0)
                for (size_t row = example; row < example + rows; row++) {
                    const size_t place = (first_example + row) * inputs + first_input;
                    prefetch(product->input_gradient + place, width);
                    if (product->rectifier_output) prefetch(product->rectifier_output + place, width);
                }
            for (size_t p = 0; p < panels; p++)
                product->kernels->tile_of_rows(rows, product->output_gradient + (first_example + example) * outputs + first, outputs, NULL,
                                               length, panel[p], first > 0, sums[p] + example * product_lanes);
        }
    }
    const size_t place = first_example * inputs + first_input;
    product->kernels->store_block(sums[0], examples_at_once * product_lanes, examples, width,
                                  product->rectifier_output ? product->rectifier_output + place : NULL, product->input_gradient + place,
                                  inputs);
}

int product_input_gradient(const product_kernels *kernels, thread_pool *pool, const float *output_gradient, const float *weight,
                           const float *rectifier_output, float *input_gradient, size_t examples, size_t inputs, size_t outputs) {
    if (examples == 0 || inputs == 0) return 0;
    input_gradient_product product = {
        .kernels = kernels,
        .output_gradient = output_gradient,
        .weight = weight,
        .rectifier_output = rectifier_output,
        .input_gradient = input_gradient,
        .examples = examples,
        .inputs = inputs,
        .outputs = outputs,
        .chunks = parts(examples, examples_at_once),
    };
    thread_pool_run(pool, parts(inputs, panels_at_once * product_lanes) * product.chunks, input_gradient_task, &product);
    return 0;
}

// MARK: gradient by the weight: lanes are inputs, rows are outputs, the inner index is the example

typedef struct {
    const product_kernels *kernels;
    const float *output_gradient, *input;
    float *gradient;
    const weight_update *update;
    size_t examples, inputs, outputs, panel_count, pack_tasks;
    float *panels;        // [panel][example][16]
    uint32_t *positions;  // [panel][example], a list per panel
    uint32_t *counts;     // [panel]
    float *left;          // [block of outputs][example][24]
    uint8_t *finite;      // [block of outputs]
} weight_gradient_product;

enum { panels_per_task = 16 };

static void weight_gradient_pack(void *context, size_t task) {
    const weight_gradient_product *product = context;
    const size_t examples = product->examples;
    if (task < product->pack_tasks) {
        const size_t first = task * panels_per_task, end = smaller(first + panels_per_task, product->panel_count);
        for (size_t p = first; p < end; p++) product->counts[p] = 0;
        for (size_t n = 0; n < examples; n++)
            for (size_t p = first; p < end; p++) {
                const size_t input = p * product_lanes;
                product->positions[p * examples + product->counts[p]] = (uint32_t)n;
                product->counts[p] += (uint32_t)product->kernels->pack_run(product->input + n * product->inputs + input,
                                                                           smaller(product_lanes, product->inputs - input),
                                                                           product->panels + (p * examples + n) * product_lanes);
            }
        return;
    }
    const size_t block = task - product->pack_tasks, output = block * product_rows;
    const size_t rows = smaller(product_rows, product->outputs - output);
    float *left = product->left + block * examples * product_rows;
    for (size_t n = 0; n < examples; n++) {
        const float *gradients = product->output_gradient + n * product->outputs + output;
        for (size_t r = 0; r < product_rows; r++) left[n * product_rows + r] = r < rows ? gradients[r] : 0.0f;
    }
    product->finite[block] = (uint8_t)product->kernels->all_finite(left, examples * product_rows);
}

static void weight_gradient_task(void *context, size_t block) {
    const weight_gradient_product *product = context;
    const size_t examples = product->examples, output = block * product_rows, rows = smaller(product_rows, product->outputs - output);
    const float *left = product->left + block * examples * product_rows;
    const weight_update *update = product->update;
    _Alignas(64) float sums[product_rows * product_lanes];
    for (size_t p = 0; p < product->panel_count; p++) {
        const size_t input = p * product_lanes, place = output * product->inputs + input;
        // What the next tile changes comes while this one is computed.
        const size_t next = place + product_lanes;
        const float *const ahead[3] = {update ? update->value + next : product->gradient + next,
                                       update ? update->first + next : NULL,
                                       update && update->second ? update->second + next : NULL};
        const bool skip = product->finite[block] && is_sparse(product->counts[p], examples);
        product->kernels->tile_of_packed(rows, left, skip ? product->positions + p * examples : NULL, skip ? product->counts[p] : examples,
                                         product->panels + p * examples * product_lanes, sums, ahead,
                                         p + 1 < product->panel_count ? rows : 0, product->inputs);
        product->kernels->finish_gradient(sums, rows, smaller(product_lanes, product->inputs - input), product->gradient, product->update,
                                          place, product->inputs);
    }
}

int product_weight_gradient(const product_kernels *kernels, thread_pool *pool, product_workspace *workspace, const float *output_gradient,
                            const float *input, float *gradient, const weight_update *update, size_t examples, size_t inputs, size_t outputs) {
    if (inputs == 0 || outputs == 0) return 0;
    if (examples > UINT32_MAX) return -1;
    weight_gradient_product product = {
        .kernels = kernels,
        .output_gradient = output_gradient,
        .input = input,
        .gradient = gradient,
        .update = update && update->kind != weight_update_none ? update : NULL,
        .examples = examples,
        .inputs = inputs,
        .outputs = outputs,
        .panel_count = parts(inputs, product_lanes),
        .pack_tasks = parts(parts(inputs, product_lanes), panels_per_task),
    };
    const size_t blocks = parts(outputs, product_rows);
    pthread_mutex_lock(&workspace->turn);
    product.panels = product_reserve(&workspace->panels, product.panel_count * examples, product_lanes * sizeof(float));
    product.positions = product_reserve(&workspace->positions, product.panel_count * examples, sizeof(uint32_t));
    product.counts = product_reserve(&workspace->counts, product.panel_count, sizeof(uint32_t));
    product.left = product_reserve(&workspace->left, blocks * examples, product_rows * sizeof(float));
    product.finite = product_reserve(&workspace->finite, blocks, 1);
    const bool has_memory = product.panels && product.positions && product.counts && product.left && product.finite;
    if (has_memory) {
        thread_pool_run(pool, product.pack_tasks + blocks, weight_gradient_pack, &product);
        thread_pool_run(pool, blocks, weight_gradient_task, &product);
    }
    pthread_mutex_unlock(&workspace->turn);
    return has_memory ? 0 : -1;
}
