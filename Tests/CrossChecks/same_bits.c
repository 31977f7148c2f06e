// The kernels' known answers, in C alone, so that they can be checked where Swift does not run: another compiler, another processor,
// an emulator. Compares every product with its definition on every instruction set and several numbers of threads, then the digest of
// those and of the elementwise kernels' results with the pinned one. Exit status 0: all the same.
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

static const uint64_t pinned = 0x8224a1bec65d6182ull, pinned_convolutions = 0xb5767fbdb5441009ull;

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

static void report(const char *kernels, int threads, uint64_t expected) {
    const bool same = digest == expected;
    printf("%s, %d threads: %016llx%s\n", kernels, threads, (unsigned long long)digest, same ? "" : " IS NOT THE PINNED DIGEST");
    failures += !same;
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

/// The definition of the three products of convolutions, one chain after another.
static void define_convolution(const convolution_shape *s, size_t images, const float *image, const float *map, const float *w,
                               const float *map_bias, const float *image_bias, float *correlated, float *spread, float *gradient) {
    const ptrdiff_t height = (ptrdiff_t)s->height, width = (ptrdiff_t)s->width;
#define IMAGE_AT(n, y, x) (((n * s->height + (size_t)(y)) * s->width + (size_t)(x)) * s->channels)
#define MAP_AT(n, oy, ox) (((n * s->map_height + (size_t)(oy)) * s->map_width + (size_t)(ox)) * s->filters)
#define WEIGHT_AT(f, ky, kx) (((f * s->kernel_height + ky) * s->kernel_width + kx) * s->channels)
#define FOR(i, end) for (size_t i = 0; i < (end); i++)
    FOR(n, images) FOR(oy, s->map_height) FOR(ox, s->map_width) FOR(f, s->filters) {
        float sum = 0.0f;
        FOR(ky, s->kernel_height) FOR(kx, s->kernel_width) FOR(c, s->channels) {
            const ptrdiff_t y = (ptrdiff_t)(oy * s->stride + ky) - (ptrdiff_t)s->padding, x = (ptrdiff_t)(ox * s->stride + kx) - (ptrdiff_t)s->padding;
            const bool inside = y >= 0 && y < height && x >= 0 && x < width;
            sum = fmaf(w[WEIGHT_AT(f, ky, kx) + c], inside ? image[IMAGE_AT(n, y, x) + c] : 0.0f, sum);
        }
        sum = (sum + 0.0f) + map_bias[f];
        correlated[MAP_AT(n, oy, ox) + f] = sum > 0.0f ? sum : 0.0f;
    }
    FOR(n, images) FOR(y, s->height) FOR(x, s->width) FOR(c, s->channels) {
        float sum = 0.0f;
        FOR(up, s->kernel_height) FOR(back, s->kernel_width) {
            const size_t ky = s->kernel_height - 1 - up, kx = s->kernel_width - 1 - back;
            const ptrdiff_t down = (ptrdiff_t)(y + s->padding) - (ptrdiff_t)ky, right = (ptrdiff_t)(x + s->padding) - (ptrdiff_t)kx;
            const ptrdiff_t stride = (ptrdiff_t)s->stride;
            if (down % stride != 0 || right % stride != 0) continue;
            const bool inside = down >= 0 && down / stride < (ptrdiff_t)s->map_height && right >= 0 && right / stride < (ptrdiff_t)s->map_width;
            FOR(f, s->filters)
            sum = fmaf(inside ? map[MAP_AT(n, down / stride, right / stride) + f] : 0.0f, w[WEIGHT_AT(f, ky, kx) + c], sum);
        }
        spread[IMAGE_AT(n, y, x) + c] = (sum + 0.0f) + image_bias[c];
    }
    FOR(f, s->filters) FOR(ky, s->kernel_height) FOR(kx, s->kernel_width) FOR(c, s->channels) {
        float sum = 0.0f;
        FOR(n, images) FOR(oy, s->map_height) FOR(ox, s->map_width) {
            const ptrdiff_t y = (ptrdiff_t)(oy * s->stride + ky) - (ptrdiff_t)s->padding, x = (ptrdiff_t)(ox * s->stride + kx) - (ptrdiff_t)s->padding;
            const bool inside = y >= 0 && y < height && x >= 0 && x < width;
            sum = fmaf(map[MAP_AT(n, oy, ox) + f], inside ? image[IMAGE_AT(n, y, x) + c] : 0.0f, sum);
        }
        gradient[WEIGHT_AT(f, ky, kx) + c] = sum + 0.0f;
    }
}

static void check_convolutions(const product_kernels *kernels, const elementwise_kernels *elementwise, int threads) {
    // Images, then the shape: every stride against every border, single channels, channels with tails and without.
    const struct {
        size_t images;
        convolution_shape shape;
    } cases[] = {
        {3, {8, 8, 1, 4, 4, 17, 4, 4, 2, 1}},    {2, {7, 10, 3, 3, 4, 8, 3, 3, 2, 0}},   {1, {5, 6, 16, 5, 6, 33, 3, 3, 1, 1}},
        {5, {11, 9, 5, 5, 4, 40, 5, 5, 3, 2}},   {4, {6, 5, 34, 6, 5, 2, 1, 1, 1, 0}},   {2, {9, 4, 8, 5, 3, 20, 2, 1, 2, 1}},
        {2, {7, 8, 2, 2, 3, 5, 2, 1, 3, 0}},     {9, {14, 14, 32, 7, 7, 64, 4, 4, 2, 1}}, {7, {13, 13, 9, 5, 5, 30, 5, 5, 2, 0}},
        {3, {3, 4, 6, 7, 8, 100, 3, 3, 1, 3}},   {2, {8, 8, 70, 4, 4, 16, 4, 4, 2, 1}},  {1, {1, 1, 1, 1, 1, 1, 1, 1, 1, 0}},
        // Enough images to be taken together, with and without distances that caches dislike.
        {35, {8, 8, 8, 4, 4, 32, 4, 4, 2, 1}},   {26, {7, 9, 5, 4, 5, 48, 5, 5, 2, 2}},  {17, {8, 8, 3, 4, 4, 20, 3, 3, 2, 1}},
        {12, {4, 4, 80, 4, 4, 130, 3, 3, 1, 1}}, {8, {10, 7, 16, 4, 3, 24, 3, 3, 3, 1}}, {9, {5, 5, 2, 1, 2, 16, 4, 2, 3, 0}},
    };
    const char *name = product_kernels_name(kernels);
    thread_pool *pool = thread_pool_create(threads);
    product_workspace *workspace = product_workspace_create();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const convolution_shape *s = &cases[i].shape;
        const size_t n = cases[i].images, image_count = n * s->height * s->width * s->channels;
        const size_t map_count = n * s->map_height * s->map_width * s->filters;
        const size_t weight_count = s->filters * s->kernel_height * s->kernel_width * s->channels;
        float *image = make(elementwise, image_count, 1, i % 2 == 0), *map = make(elementwise, map_count, 2, false);
        float *w = make(elementwise, weight_count, 3, false), *momentum = make(elementwise, weight_count, 4, false);
        float *map_bias = make(elementwise, s->filters, 5, false), *image_bias = make(elementwise, s->channels, 6, false);
        float *correlated = make(elementwise, map_count, 7, false), *expected_correlated = make(elementwise, map_count, 8, false);
        float *spread = make(elementwise, image_count, 7, false), *expected_spread = make(elementwise, image_count, 8, false);
        float *gradient = make(elementwise, weight_count, 7, false), *expected_gradient = make(elementwise, weight_count, 8, false);
        define_convolution(s, n, image, map, w, map_bias, image_bias, expected_correlated, expected_spread, expected_gradient);

        const convolution_finish rectified = {.bias = map_bias, .activation = activation_rectifier};
        convolution_correlate(kernels, elementwise, pool, workspace, s, n, image, w, &rectified, correlated);
        compare("correlation", name, threads, correlated, expected_correlated, map_count);
        const convolution_finish biased = {.bias = image_bias, .activation = activation_identity};
        convolution_spread(kernels, elementwise, pool, workspace, s, n, map, w, &biased, spread);
        compare("spreading", name, threads, spread, expected_spread, image_count);
        convolution_filter_gradient(kernels, pool, workspace, s, n, map, image, gradient, NULL);
        compare("gradient by the filters", name, threads, gradient, expected_gradient, weight_count);
        add(correlated, map_count);
        add(spread, image_count);
        add(gradient, weight_count);

        // Masked, as on the way back.
        const convolution_finish masked_map = {.rectifier_output = map}, masked_image = {.rectifier_output = image};
        convolution_correlate(kernels, elementwise, pool, workspace, s, n, image, w, &masked_map, correlated);
        add(correlated, map_count);
        convolution_spread(kernels, elementwise, pool, workspace, s, n, map, w, &masked_image, spread);
        add(spread, image_count);
        const weight_update update = {.kind = weight_update_momentum_sgd, .value = w, .first = momentum, .rate = 0.1f, .factor = 0.9f};
        convolution_filter_gradient(kernels, pool, workspace, s, n, map, image, NULL, &update);
        add(w, weight_count);
        add(momentum, weight_count);

        float *const all[] = {image, map, w, momentum, map_bias, image_bias, correlated, expected_correlated, spread, expected_spread, gradient, expected_gradient};
        for (size_t a = 0; a < sizeof all / sizeof all[0]; a++) free(all[a]);
    }
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
            report(product_kernels_name(kernels), threads, pinned);
            digest = 0xcbf29ce484222325ull;
            check_convolutions(kernels, elementwise, threads);
            report(product_kernels_name(kernels), threads, pinned_convolutions);
        }
    }
    return failures != 0;
}
