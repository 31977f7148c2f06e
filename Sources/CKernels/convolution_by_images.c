#include <string.h>

#include "convolution_product.h"

typedef struct {
    const convolution_product *product;
    const float *source;
    size_t source_stride;  // floats from one image to the next
    float *copies;         // where images are moved to, if they are
    size_t tasks;
} by_images;

/// The part of a window that lies inside the source, in one direction.
static inline void inside(ptrdiff_t begin, size_t length, size_t size, size_t *first, size_t *end) {
    *first = begin < 0 ? smaller((size_t)-begin, length) : 0;
    *end = begin >= (ptrdiff_t)size ? *first : smaller(length, (size_t)((ptrdiff_t)size - begin));
    if (*end < *first) *end = *first;
}

/// One target pixel's windows: `lines` lines of `run` numbers each, from `windows` in the first image, and where their weights begin.
typedef struct pixel {
    const float *windows, *weights;
    size_t lines, run, source_line, weight_line, weight_panel;
} pixel;

static pixel pixel_at(const by_images *by_images, size_t first_image, size_t y, size_t x) {
    const convolution_product *product = by_images->product;
    const size_t number = y % product->spacing * product->spacing + x % product->spacing, channels = product->source.channels;
    const target_grid grid = product->grids[number];
    const ptrdiff_t row = grid.window_row + (ptrdiff_t)(y / product->spacing * product->step);
    const ptrdiff_t column = grid.window_column + (ptrdiff_t)(x / product->spacing * product->step);
    size_t first_row, end_row, first_column, end_column;
    inside(row, grid.window_rows, product->source.height, &first_row, &end_row);
    inside(column, grid.window_columns, product->source.width, &first_column, &end_column);
    pixel pixel = {
        .lines = end_row - first_row,
        .run = (end_column - first_column) * channels,
        .source_line = product->source.width * channels,
        .weight_line = grid.window_columns * channels,
        .weight_panel = grid.window_rows * grid.window_columns * channels,
    };
    if (pixel.lines == 0 || pixel.run == 0) return (struct pixel){0};
    pixel.windows = by_images->source + first_image * by_images->source_stride + (size_t)(row + (ptrdiff_t)first_row) * pixel.source_line +
                    (size_t)(column + (ptrdiff_t)first_column) * channels;
    pixel.weights = panels_of(product, number) + (first_row * pixel.weight_line + first_column * channels) * product_lanes;
    return pixel;
}

/// The chains of one pixel in some images, for some panels of channels.
static void sum_pixel(const by_images *by_images, const pixel *pixel, size_t images, size_t first_panel, size_t panels,
                      float sums[panels_at_once][product_rows * product_lanes]) {
    // Some lines at a time, or parts of one.
    const size_t piece = smaller(pixel->run, window_depth);
    const size_t lines_at_once = piece > 0 ? window_depth / piece : 1;
    bool resume = false;
    for (size_t line = 0; line < pixel->lines; line += lines_at_once)
        for (size_t k = 0; k < pixel->run; k += piece, resume = true) {
            const size_t lines = smaller(lines_at_once, pixel->lines - line), length = smaller(piece, pixel->run - k);
            for (size_t p = 0; p < panels; p++)
                by_images->product->kernels->tile_of_lines(
                    images, pixel->windows + line * pixel->source_line + k, by_images->source_stride, pixel->source_line, lines, length,
                    pixel->weights + ((first_panel + p) * pixel->weight_panel + line * pixel->weight_line + k) * product_lanes,
                    pixel->weight_line * product_lanes, resume, sums[p]);
        }
    if (!resume) memset(sums, 0, panels_at_once * sizeof sums[0]);
}

/// One row of the target in up to 24 images.
static void images_task(void *context, size_t number) {
    const by_images *by_images = context;
    const convolution_product *product = by_images->product;
    // From both ends in turn: two threads at neighbouring rows would fetch ahead into each other's, which costs both.
    const size_t task = number % 2 == 0 ? number / 2 : by_images->tasks - 1 - number / 2;
    const size_t first_image = task / product->target.height * product_rows, y = task % product->target.height;
    const size_t images = smaller(product_rows, product->images - first_image), channels = product->target.channels;
    const size_t target_floats = floats_of(product->target), target_line = product->target.width * channels;
    const size_t target_row = first_image * target_floats + y * target_line;
    const float *rectifier_output = product->finish->rectifier_output, *bias = product->finish->bias;
    const activation_kind activation = product->finish->activation;
    float *output = product->output;

    _Alignas(64) float sums[panels_at_once][product_rows * product_lanes];
    for (size_t x = 0; x < product->target.width; x++) {
        const size_t place = target_row + x * channels;
        // What is stored to, and what the mask reads, comes while the sums are computed.
        for (size_t image = 0; image < images; image++)
            for (size_t c = 0; c < channels; c += product_lanes) {
                __builtin_prefetch(output + place + image * target_floats + c, 1, 3);
                if (rectifier_output) __builtin_prefetch(rectifier_output + place + image * target_floats + c, 0, 3);
            }
        const pixel pixel = pixel_at(by_images, first_image, y, x);
        for (size_t panel = 0; panel < product->panel_count; panel += panels_at_once) {
            sum_pixel(by_images, &pixel, images, panel, smaller(panels_at_once, product->panel_count - panel), sums);
            const size_t channel = panel * product_lanes;
            product->kernels->store_finished(sums[0], product_rows * product_lanes, images,
                                             smaller(panels_at_once * product_lanes, channels - channel),
                                             bias ? bias + channel : NULL, activation == activation_rectifier,
                                             rectifier_output ? rectifier_output + place + channel : NULL, output + place + channel,
                                             target_floats);
        }
    }
    if (bias && activation == activation_sigmoid)
        for (size_t image = 0; image < images; image++) {
            float *row = output + target_row + image * target_floats;
            product->elementwise->sigmoid(row, row, target_line);
        }
}

static void copy_image(void *context, size_t image) {
    const by_images *by_images = context;
    const size_t floats = floats_of(by_images->product->source);
    memcpy(by_images->copies + image * by_images->source_stride, by_images->product->input + image * floats, floats * sizeof(float));
}

bool convolve_by_images(const convolution_product *product, thread_pool *pool, product_workspace *workspace) {
    by_images by_images = {.product = product, .source = product->input, .source_stride = floats_of(product->source)};
    // Images whose distance is a multiple of half a way of the first-level cache would displace one another there: they are moved apart.
    enum { half_way = 512 };
    if (by_images.source_stride % half_way == 0) {
        by_images.source_stride += product_lanes;
        by_images.copies = product_reserve(&workspace->copies, product->images, by_images.source_stride * sizeof(float));
        if (!by_images.copies) return false;
        thread_pool_run(pool, product->images, copy_image, &by_images);
        by_images.source = by_images.copies;
    }
    by_images.tasks = parts(product->images, product_rows) * product->target.height;
    thread_pool_run(pool, by_images.tasks, images_task, &by_images);
    return true;
}
