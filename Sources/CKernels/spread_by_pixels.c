#include <stdatomic.h>
#include <string.h>

#include "convolution_product.h"

// The sums so far lie in a strip of the target, [row][column][channel][16 images], with room for what goes beyond the border. Every target
// element gets its terms in the order of its chain: the map's pixels come row by row, and of each its filters.

// Strips stay in a cache, and every thread gets its share of the bands.
enum { strip_bytes = 1 << 17, least_tasks = 8 };

typedef struct {
    const convolution_product *product;
    size_t bands, band_rows, line;  // a band's rows of the target; floats of a strip's line, of one image
    size_t floats;                  // of a strip
    float *memory;                  // [thread]
    const size_t *offsets;          // of a kernel's numbers in a strip
    _Atomic size_t next_task;
} strips;

/// One band of the target's rows in up to 16 images.
static void spread_band(const strips *strips, size_t task, float *strip) {
    const convolution_product *product = strips->product;
    const product_kernels *kernels = product->kernels;
    const convolution_shape *shape = product->shape;
    const size_t first_image = task / strips->bands * product_lanes, images = smaller(product_lanes, product->images - first_image);
    const size_t y = task % strips->bands * strips->band_rows, end = smaller(y + strips->band_rows, shape->height);
    const size_t filters = shape->filters, inner = shape->kernel_height * shape->kernel_width * shape->channels;
    const size_t source_floats = floats_of(product->source), target_floats = floats_of(product->target);
    const size_t target_line = shape->width * shape->channels, above = shape->kernel_height - 1;
    memset(strip, 0, (end - y + 2 * above) * strips->line * product_lanes * sizeof(float));

    // The map's rows whose kernels reach the band.
    const size_t first_row = y + shape->padding > above ? parts(y + shape->padding - above, shape->stride) : 0;
    const size_t end_row = smaller(shape->map_height, (end - 1 + shape->padding) / shape->stride + 1);
    _Alignas(64) float panel[window_depth * product_lanes];
    for (size_t oy = first_row; oy < end_row; oy++)
        for (size_t ox = 0; ox < shape->map_width; ox++) {
            const float *pixel = product->input + first_image * source_floats + (oy * shape->map_width + ox) * filters;
            float *sums = strip + ((oy * shape->stride + above - shape->padding - y) * strips->line + ox * shape->stride * shape->channels) *
                                      product_lanes;
            for (size_t f = 0; f < filters; f += window_depth) {
                const size_t count = smaller(window_depth, filters - f);
                kernels->turn(pixel + f, source_floats, images, count, panel);
                kernels->tile_of_places(inner, product->weight + f * inner, inner, panel, count, sums, strips->offsets);
            }
        }
    for (size_t row = y; row < end; row++)
        for (size_t k = 0; k < target_line; k += product_rows)
            kernels->store_transposed(
                strip + ((row - y + above) * strips->line + shape->padding * shape->channels + k) * product_lanes,
                smaller(product_rows, target_line - k), images,
                product->output + first_image * target_floats + row * target_line + k, target_floats);
    for (size_t image = first_image; image < first_image + images; image++) {
        const size_t place = image * target_floats + y * target_line;
        if (product->finish->rectifier_output)
            product->elementwise->rectifier_mask(product->output + place, target_line, product->finish->rectifier_output + place, target_line,
                                                 end - y, target_line);
        if (product->biases)
            product->elementwise->bias_activation(product->output + place, end - y, target_line, target_line, product->biases, 0, 1,
                                                  product->finish->activation);
    }
}

/// Tasks after tasks on a thread's own strip.
static void spread_bands(void *context, size_t thread) {
    strips *strips = context;
    const size_t tasks = parts(strips->product->images, product_lanes) * strips->bands;
    for (size_t task = atomic_fetch_add(&strips->next_task, 1); task < tasks; task = atomic_fetch_add(&strips->next_task, 1))
        spread_band(strips, task, strips->memory + thread * strips->floats);
}

bool spread_by_pixels(const convolution_product *product, thread_pool *pool, product_workspace *workspace) {
    const convolution_shape *shape = product->shape;
    const size_t reached = (shape->map_width - 1) * shape->stride + shape->kernel_width, needed = shape->width + shape->padding;
    const size_t inner = shape->kernel_height * shape->kernel_width * shape->channels, run = shape->kernel_width * shape->channels;
    const size_t groups = parts(product->images, product_lanes);
    strips strips = {.product = product, .line = (reached > needed ? reached : needed) * shape->channels};
    strips.band_rows = smaller(parts(shape->height, parts(least_tasks, groups)), parts(strip_bytes, strips.line * product_lanes * sizeof(float)));
    strips.bands = parts(shape->height, strips.band_rows);
    strips.floats = (strips.band_rows + 2 * (shape->kernel_height - 1)) * strips.line * product_lanes;
    const size_t threads = smaller((size_t)thread_pool_threads(pool), groups * strips.bands);
    strips.memory = product_reserve(&workspace->copies, threads * strips.floats, sizeof(float));
    size_t *offsets = product_reserve(&workspace->grids, inner, sizeof(size_t));
    if (!strips.memory || !offsets) return false;
    for (size_t k = 0; k < inner; k++) offsets[k] = (k / run * strips.line + k % run) * product_lanes;
    strips.offsets = offsets;
    thread_pool_run(pool, threads, spread_bands, &strips);
    return true;
}
