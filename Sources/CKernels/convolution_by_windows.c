#include <string.h>

#include "convolution_product.h"

enum { least_pixels_per_task = 192 };

/// Where a grid's pixel lies in the target, counted over all images from `first_image` on.
static size_t target_place(const convolution_product *product, const target_grid *grid, size_t first_image, size_t number) {
    const size_t image = first_image + number / (grid->rows * grid->columns), pixel = number % (grid->rows * grid->columns);
    const size_t row = grid->first_row + pixel / grid->columns * product->spacing;
    const size_t column = grid->first_column + pixel % grid->columns * product->spacing;
    return ((image * product->target.height + row) * product->target.width + column) * product->target.channels;
}

static void gather_grid(const convolution_product *product, size_t number, size_t first_image, size_t images) {
    const target_grid grid = product->grids[number];
    const product_kernels *kernels = product->kernels;
    const size_t pixels = images * grid.rows * grid.columns, channels = product->target.channels;
    const float *source = product->input + first_image * floats_of(product->source);
    const size_t inner = grid.window_rows * grid.window_columns * product->source.channels;
    const windowed_image from = {product->source.height, product->source.width, product->source.channels, grid.window_columns};
    const float *rectifier_output = product->finish->rectifier_output;

    _Alignas(64) float rows[product_rows * window_depth];
    _Alignas(64) float sums[panels_at_once][product_rows * product_lanes];
    window_place windows[product_rows];
    if (inner == 0) memset(sums, 0, sizeof sums);
    for (size_t first = 0; first < pixels; first += product_rows) {
        const size_t count = smaller(product_rows, pixels - first);
        for (size_t r = 0; r < count; r++)
            windows[r] = window_of(&grid, product->step, source, floats_of(product->source), first + r);
        for (size_t panel = 0; panel < product->panel_count; panel += panels_at_once) {
            const size_t panels = smaller(panels_at_once, product->panel_count - panel);
            for (size_t k = 0; k < inner; k += window_depth) {
                const size_t length = smaller(window_depth, inner - k);
                kernels->gather(&from, windows, count, k, length, rows);
                for (size_t p = 0; p < panels; p++)
                    kernels->tile_of_rows(count, rows, length, NULL, length,
                                          panels_of(product, number) + ((panel + p) * inner + k) * product_lanes, k > 0, sums[p]);
            }
            const size_t channel = panel * product_lanes, width = smaller(panels_at_once * product_lanes, channels - channel);
            for (size_t r = 0; r < count;) {
                // A map's pixels follow one another; a spread grid's are stored row by row.
                const size_t run = product->spacing == 1 ? count - r : smaller(count - r, grid.columns - (first + r) % grid.columns);
                const size_t place = target_place(product, &grid, first_image, first + r) + channel;
                kernels->store_block(sums[0] + r * product_lanes, product_rows * product_lanes, run, width,
                                     rectifier_output ? rectifier_output + place : NULL, product->output + place,
                                     product->spacing * channels);
                r += run;
            }
        }
    }
}

/// As many images as make a task worth its while.
static size_t images_per_task(const convolution_product *product) {
    const size_t grid_pixels = parts(product->target.height, product->spacing) * parts(product->target.width, product->spacing);
    return parts(least_pixels_per_task, grid_pixels);
}

static void windows_task(void *context, size_t task) {
    const convolution_product *product = context;
    const size_t at_once = images_per_task(product), first = task * at_once, images = smaller(at_once, product->images - first);
    for (size_t grid = 0; grid < product->grid_count; grid++) gather_grid(product, grid, first, images);
    const size_t line = product->target.width * product->target.channels;
    if (product->biases)
        product->elementwise->bias_activation(product->output + first * floats_of(product->target), images * product->target.height, line, line,
                                              product->biases, 0, 1, product->finish->activation);
}

void convolve_by_windows(const convolution_product *product, thread_pool *pool) {
    thread_pool_run(pool, parts(product->images, images_per_task(product)), windows_task, (void *)product);
}
