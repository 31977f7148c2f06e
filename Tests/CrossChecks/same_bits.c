// The kernels' known answers, in C alone, so that they can be checked where Swift does not run: another compiler, another processor,
// an emulator. Compares every product with its definition on every instruction set and several numbers of threads, then the digest of
// those and of the elementwise kernels' results with the pinned one. Exit status 0: all the same.
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

static const uint64_t pinned = 0x8224a1bec65d6182ull;

/// FNV-1a, 64 bits.
static uint64_t digest;
static void add(const float *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t word;
        memcpy(&word, values + i, sizeof word);
        if (values[i] != values[i]) word = 0x7fc00000u;  // a NaN's payload is no result
        for (int byte = 0; byte < 4; byte++) digest = (digest ^ (word >> 8 * byte & 0xff)) * 0x100000001b3ull;
    }
}

static int failures = 0;
static void compare(const char *what, const char *kernels, int threads, const float *found, const float *expected, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (memcmp(found + i, expected + i, sizeof(float)) != 0) {
            printf("%s, %s on %d threads: element %zu is %a, expected %a\n", what, kernels, threads, i, (double)found[i], (double)expected[i]);
            failures++;
            return;
        }
}

static float *make(const elementwise_kernels *elementwise, size_t count, uint32_t stream, bool sparse) {
    float *values = malloc((count + 1) * sizeof(float));
    elementwise->uniforms(42, 1, stream, 0, 1.0f, values, count);
    if (sparse)
        for (size_t i = 0; i < count; i++)
            if (i / 16 % 4 != 0) values[i] = i % 2 ? 0.0f : -0.0f;
    return values;
}

static void check_products(const product_kernels *kernels, const elementwise_kernels *elementwise, int threads, size_t examples, size_t inputs,
                           size_t outputs, bool sparse) {
    const char *name = product_kernels_name(kernels);
    thread_pool *pool = thread_pool_create(threads);
    product_workspace *workspace = product_workspace_create();
    float *x = make(elementwise, examples * inputs, 1, sparse), *w = make(elementwise, outputs * inputs, 2, false);
    float *b = make(elementwise, outputs, 3, false), *dy = make(elementwise, examples * outputs, 4, false);
    float *momentum = make(elementwise, outputs * inputs, 5, false);
    float *y = make(elementwise, examples * outputs, 6, false), *expected_y = make(elementwise, examples * outputs, 6, false);
    float *dx = make(elementwise, examples * inputs, 6, false), *expected_dx = make(elementwise, examples * inputs, 6, false);
    float *dw = make(elementwise, outputs * inputs, 6, false), *expected_dw = make(elementwise, outputs * inputs, 6, false);

    for (size_t n = 0; n < examples; n++)
        for (size_t o = 0; o < outputs; o++) {
            float sum = 0.0f;
            for (size_t i = 0; i < inputs; i++) sum = fmaf(w[o * inputs + i], x[n * inputs + i], sum);
            sum = (sum + 0.0f) + b[o];
            expected_y[n * outputs + o] = sum > 0.0f ? sum : 0.0f;
        }
    for (size_t n = 0; n < examples; n++)
        for (size_t i = 0; i < inputs; i++) {
            float sum = 0.0f;
            for (size_t o = 0; o < outputs; o++) sum = fmaf(dy[n * outputs + o], w[o * inputs + i], sum);
            expected_dx[n * inputs + i] = x[n * inputs + i] > 0.0f ? sum + 0.0f : 0.0f;
        }
    for (size_t o = 0; o < outputs; o++)
        for (size_t i = 0; i < inputs; i++) {
            float sum = 0.0f;
            for (size_t n = 0; n < examples; n++) sum = fmaf(dy[n * outputs + o], x[n * inputs + i], sum);
            expected_dw[o * inputs + i] = sum + 0.0f;
        }
    product_forward(kernels, elementwise, pool, workspace, x, w, b, 1, activation_rectifier, y, examples, inputs, outputs);
    compare("forward", name, threads, y, expected_y, examples * outputs);
    product_input_gradient(kernels, pool, dy, w, x, dx, examples, inputs, outputs);
    compare("gradient by the input", name, threads, dx, expected_dx, examples * inputs);
    product_weight_gradient(kernels, pool, workspace, dy, x, dw, NULL, examples, inputs, outputs);
    compare("gradient by the weight", name, threads, dw, expected_dw, outputs * inputs);

    add(y, examples * outputs);
    add(dx, examples * inputs);
    add(dw, outputs * inputs);
    const weight_update update = {.kind = weight_update_momentum_sgd, .value = w, .first = momentum, .rate = 0.1f, .factor = 0.9f};
    product_weight_gradient(kernels, pool, workspace, dy, x, NULL, &update, examples, inputs, outputs);
    add(w, outputs * inputs);
    add(momentum, outputs * inputs);

    float *const all[] = {x, w, b, dy, momentum, y, expected_y, dx, expected_dx, dw, expected_dw};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) free(all[i]);
    product_workspace_destroy(workspace);
    thread_pool_destroy(pool);
}

static void add_elementwise(const elementwise_kernels *elementwise) {
    enum { count = 4001 };
    float x[count], y[count], z[count];
    // Floats of every exponent and both signs, infinities, NaN and subnormals among them.
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t word = i * 1073467u;
        memcpy(x + i, &word, sizeof word);
    }
    elementwise->exponential(x, y, count);
    add(y, count);
    elementwise->logarithm(x, y, count);
    add(y, count);
    elementwise->logarithm_one_plus(x, y, count);
    add(y, count);
    elementwise->sigmoid(x, y, count);
    add(y, count);
    elementwise->normals(9, 2, 3, 5, y, count);
    add(y, count);
    elementwise->uniforms(9, 2, 3, 5, 0.3f, z, count);
    add(z, count);
    elementwise->sigmoid(y, x, count);
    elementwise->sigmoid(z, y, count);
    const float likelihood = (float)elementwise->bernoulli(x, y, 0.25f, z, count);
    add(&likelihood, 1);
    add(z, count);
}

int main(void) {
    const instruction_set sets[] = {instruction_set_baseline, instruction_set_avx2, instruction_set_avx512, instruction_set_neon};
    const size_t shapes[][3] = {{1, 1, 1},   {2, 3, 15},   {15, 17, 2},  {17, 31, 33}, {33, 1, 47},
                                {1, 193, 1}, {5, 192, 25}, {40, 385, 3}, {193, 7, 5},  {36, 100, 49}};
    for (size_t s = 0; s < sizeof sets / sizeof sets[0]; s++) {
        // Weaker than the processor's own, and of its architecture.
        if (sets[s] > processor_instruction_set() || (s > 0 && product_kernels_for(sets[s]) == product_kernels_for(sets[0]))) continue;
        const product_kernels *kernels = product_kernels_for(sets[s]);
        const elementwise_kernels *elementwise = elementwise_kernels_for(sets[s]);
        for (int threads = 1; threads <= 3; threads++) {
            digest = 0xcbf29ce484222325ull;
            for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
                for (int sparse = 0; sparse < 2; sparse++)
                    check_products(kernels, elementwise, threads, shapes[i][0], shapes[i][1], shapes[i][2], sparse);
            add_elementwise(elementwise);
            const bool same = digest == pinned;
            printf("%s, %d threads: %016llx%s\n", product_kernels_name(kernels), threads, (unsigned long long)digest,
                   same ? "" : " IS NOT THE PINNED DIGEST");
            failures += !same;
        }
    }
    return failures != 0;
}
