#include <stdint.h>
#include <string.h>

#include "convolution_product.h"

// The inner index is the position on the map, over all images. Three ways:
//
// - By places of the kernel, where channels fill vectors: lanes are channels, read from the image where they lie.
// - By lines of the kernel, where channels are few and filters fill vectors: lanes are filters, rows the numbers of a line.
// - By windows, always: lanes are a filter's numbers, from windows copied side by side.

// By windows and by places a task has so much of filters; by lines where an image has few channels.
enum { width_at_once = 64, filters_at_once = 96, positions_at_once = 96, positions_per_chunk = 196, few = 8 };

typedef struct {
    const product_kernels *kernels;
    const convolution_shape *shape;
    const float *map, *image;
    float *gradient;
    const weight_update *update;
    size_t images, inner, filters_per_task, filter_tasks;
    uint8_t *finite;  // [image]: its map
    float *padded;    // images with their borders
} filter_gradient_product;

typedef float filter_sums[filters_at_once / product_rows][width_at_once / product_lanes][product_rows * product_lanes];

/// Stores or applies what `filters` filters have from number `first_k` of theirs on.
static void finish_filters(const filter_gradient_product *product, filter_sums sums, size_t first_filter, size_t filters, size_t first_k,
                           size_t width) {
    for (size_t filter = 0; filter < filters; filter += product_rows)
        for (size_t k = 0; k < width; k += product_lanes)
            product->kernels->finish_gradient(sums[filter / product_rows][k / product_lanes], smaller(product_rows, filters - filter),
                                              smaller(product_lanes, width - k), product->gradient, product->update,
                                              (first_filter + filter) * product->inner + first_k + k, product->inner);
}

/// Filters' numbers of all kinds, from windows copied side by side.
static void filters_by_windows(void *context, size_t task) {
    const filter_gradient_product *product = context;
    const convolution_shape *shape = product->shape;
    const target_grid grid = correlation_grid(shape);
    const size_t first_filter = task % product->filter_tasks * product->filters_per_task;
    const size_t filters = smaller(product->filters_per_task, shape->filters - first_filter);
    const size_t first_k = task / product->filter_tasks * width_at_once, width = smaller(width_at_once, product->inner - first_k);
    const windowed_image from = {shape->height, shape->width, shape->channels, shape->kernel_width};
    const size_t positions = product->images * grid.rows * grid.columns, image_floats = shape->height * shape->width * shape->channels;

    // A last vector may read beyond the patches' last row: what its lanes compute there is not stored.
    _Alignas(64) float patches[positions_at_once * width_at_once + product_lanes];
    _Alignas(64) filter_sums sums;
    window_place windows[positions_at_once];
    memset(patches, 0, sizeof patches);
    if (positions == 0) memset(sums, 0, sizeof sums);
    for (size_t first = 0; first < positions; first += positions_at_once) {
        const size_t count = smaller(positions_at_once, positions - first);
        for (size_t p = 0; p < count; p++) windows[p] = window_of(&grid, shape->stride, product->image, image_floats, first + p);
        product->kernels->gather(&from, windows, count, first_k, width, patches);
        for (size_t filter = 0; filter < filters; filter += product_rows)
            for (size_t k = 0; k < width; k += product_lanes)
                product->kernels->tile_of_columns(smaller(product_rows, filters - filter),
                                                  product->map + first * shape->filters + first_filter + filter, shape->filters, patches + k,
                                                  width, count, first > 0, sums[filter / product_rows][k / product_lanes]);
    }
    finish_filters(product, sums, first_filter, filters, first_k, width);
}

/// The positions of one direction of the map at which a place of the kernel lies inside the image.
static void positions_inside(size_t place, size_t map, size_t size, const convolution_shape *shape, size_t *first, size_t *count) {
    *first = smaller(place < shape->padding ? parts(shape->padding - place, shape->stride) : 0, map);
    // oy · stride − padding + place < size
    const size_t end = size + shape->padding > place ? smaller(parts(size + shape->padding - place, shape->stride), map) : 0;
    *count = end > *first ? end - *first : 0;
}

/// Where channels fill vectors: one place of the kernel, up to 64 channels, from the image as it lies, without what lies beyond its border.
static void filters_by_places(void *context, size_t task) {
    const filter_gradient_product *product = context;
    const convolution_shape *shape = product->shape;
    const size_t first_filter = task % product->filter_tasks * product->filters_per_task;
    const size_t filters = smaller(product->filters_per_task, shape->filters - first_filter);
    const size_t channel_tasks = parts(shape->channels, width_at_once), rest = task / product->filter_tasks;
    const size_t place = rest / channel_tasks, channel = rest % channel_tasks * width_at_once;
    const size_t width = smaller(width_at_once, shape->channels - channel);
    const size_t ky = place / shape->kernel_width, kx = place % shape->kernel_width;
    const size_t image_floats = shape->height * shape->width * shape->channels;
    const size_t map_floats = shape->map_height * shape->map_width * shape->filters;
    size_t first_row, rows, first_column, columns;
    positions_inside(ky, shape->map_height, shape->height, shape, &first_row, &rows);
    positions_inside(kx, shape->map_width, shape->width, shape, &first_column, &columns);

    _Alignas(64) filter_sums sums;
    memset(sums, 0, sizeof sums);
    const size_t map_steps[3] = {map_floats, shape->map_width * shape->filters, shape->filters};
    const size_t image_steps[3] = {image_floats, shape->stride * shape->width * shape->channels, shape->stride * shape->channels};
    // So many images that what a tile reads of them stays close.
    const size_t chunk = parts(positions_per_chunk, shape->map_height * shape->map_width);
    for (size_t image = 0; rows > 0 && columns > 0 && image < product->images; image += chunk) {
        const size_t counts[3] = {smaller(chunk, product->images - image), rows, columns};
        const float *map = product->map + image * map_floats + (first_row * shape->map_width + first_column) * shape->filters + first_filter;
        const size_t y = first_row * shape->stride + ky - shape->padding, x = first_column * shape->stride + kx - shape->padding;
        const float *pixels = product->image + image * image_floats + (y * shape->width + x) * shape->channels + channel;
        for (size_t filter = 0; filter < filters; filter += product_rows)
            for (size_t k = 0; k < width; k += product_lanes)
                product->kernels->tile_of_positions(smaller(product_rows, filters - filter), counts, map + filter, map_steps, pixels + k,
                                                    image_steps, 1, sums[filter / product_rows][k / product_lanes]);
    }
    finish_filters(product, sums, first_filter, filters, place * shape->channels + channel, width);
}

/// Where the image has few channels, and filters fill vectors: lanes are filters, rows are the numbers of one of the kernel's lines, which lie
/// side by side in the image. It needs the border's zeros, as any of the numbers may lie beyond it.
static void filters_by_lines(void *context, size_t task) {
    const filter_gradient_product *product = context;
    const convolution_shape *shape = product->shape;
    const size_t vectors = shape->filters / product_lanes, ky = task / vectors, filter = task % vectors * product_lanes;
    const size_t run = shape->kernel_width * shape->channels;
    const size_t line = (shape->width + 2 * shape->padding) * shape->channels, image_floats = (shape->height + 2 * shape->padding) * line;
    const size_t counts[3] = {product->images, shape->map_height, shape->map_width};
    const size_t map_steps[3] = {shape->map_height * shape->map_width * shape->filters, shape->map_width * shape->filters, shape->filters};
    const size_t image_steps[3] = {image_floats, shape->stride * line, shape->stride * shape->channels};
    _Alignas(64) float sums[product_rows * product_lanes], turned[product_lanes * product_lanes];
    for (size_t k = 0; k < run; k += product_lanes) {
        const size_t width = smaller(product_lanes, run - k);
        product->kernels->tile_of_positions(width, counts, product->padded + ky * line + k, image_steps, product->map + filter, map_steps, 0,
                                            sums);
        for (size_t r = 0; r < width; r++)
            for (size_t l = 0; l < product_lanes; l++) turned[l * product_lanes + r] = sums[r * product_lanes + l];
        product->kernels->finish_gradient(turned, product_lanes, width, product->gradient, product->update,
                                          filter * product->inner + ky * run + k, product->inner);
    }
}

/// An image with its border of zeros.
static void pad_image(void *context, size_t image) {
    const filter_gradient_product *product = context;
    const convolution_shape *shape = product->shape;
    const size_t border = shape->padding * shape->channels, inner = shape->width * shape->channels, line = inner + 2 * border;
    const float *from = product->image + image * shape->height * inner;
    float *to = product->padded + image * (shape->height + 2 * shape->padding) * line;
    memset(to, 0, shape->padding * line * sizeof(float));
    to += shape->padding * line;
    for (size_t y = 0; y < shape->height; y++, from += inner, to += line) {
        memset(to, 0, border * sizeof(float));
        memcpy(to + border, from, inner * sizeof(float));
        memset(to + border + inner, 0, border * sizeof(float));
    }
    memset(to, 0, shape->padding * line * sizeof(float));
}

static void look_for_infinities(void *context, size_t image) {
    const filter_gradient_product *product = context;
    const size_t map_floats = product->shape->map_height * product->shape->map_width * product->shape->filters;
    product->finite[image] = (uint8_t)product->kernels->all_finite(product->map + image * map_floats, map_floats);
}

int convolution_filter_gradient(const product_kernels *kernels, thread_pool *pool, product_workspace *workspace,
                                const convolution_shape *shape, size_t images, const float *map, const float *image, float *gradient,
                                const weight_update *update) {
    filter_gradient_product product = {
        .kernels = kernels,
        .shape = shape,
        .map = map,
        .image = image,
        .gradient = gradient,
        .update = update && update->kind != weight_update_none ? update : NULL,
        .images = images,
        .inner = shape->kernel_height * shape->kernel_width * shape->channels,
    };
    const bool by_lines = shape->channels < few && shape->filters % product_lanes == 0;
    pthread_mutex_lock(&workspace->turn);
    product.finite = product_reserve(&workspace->finite, images, 1);
    bool has_memory = product.finite != NULL;
    if (by_lines) {
        const size_t padded = (shape->height + 2 * shape->padding) * (shape->width + 2 * shape->padding) * shape->channels;
        product.padded = product_reserve(&workspace->copies, images, padded * sizeof(float));
        has_memory = has_memory && product.padded;
    }
    if (has_memory && by_lines) {
        thread_pool_run(pool, images, pad_image, &product);
        thread_pool_run(pool, shape->kernel_height * (shape->filters / product_lanes), filters_by_lines, &product);
    } else if (has_memory) {
        bool by_places = shape->channels % product_lanes == 0;
        if (by_places) thread_pool_run(pool, images, look_for_infinities, &product);
        for (size_t i = 0; by_places && i < images; i++) by_places = product.finite[i];
        const size_t tasks = by_places ? shape->kernel_height * shape->kernel_width * parts(shape->channels, width_at_once)
                                       : parts(product.inner, width_at_once);
        // Few tasks leave the filters to be shared out.
        product.filters_per_task = tasks >= 8 ? smaller(filters_at_once, shape->filters) : product_lanes;
        product.filter_tasks = parts(shape->filters, product.filters_per_task);
        thread_pool_run(pool, tasks * product.filter_tasks, by_places ? filters_by_places : filters_by_windows, &product);
    }
    pthread_mutex_unlock(&workspace->turn);
    return has_memory ? 0 : -1;
}
