#include "convolution.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "product_tiles.h"
#include "product_workspace.h"

// Correlating and spreading are one thing: each element of a TARGET gathers a chain over a window of a SOURCE. Correlating, the target is
// the map and windows step by the stride. Spreading, the target is the image; its pixels fall into stride² grids by their coordinates
// modulo the stride, and within a grid all windows have one size and step by 1. A window's row is contiguous in the source, so windows are
// copied side by side into a block that stays in the first-level cache, `depth` numbers of each at a time; then a block of windows times a
// panel of weights is a tile like any other.
enum { depth = 128, panels_at_once = 4, least_pixels_per_task = 192, few_channels = 8 };

// MARK: grids

/// Target pixels (first_row + i · spacing, first_column + j · spacing), whose windows begin at (window_row + i · step, window_column + j · step).
typedef struct {
    size_t rows, columns, first_row, first_column;
    ptrdiff_t window_row, window_column;
    size_t window_rows, window_columns;
} target_grid;

typedef struct {
    size_t height, width, channels;
} side;

static inline size_t floats_of(side s) { return s.height * s.width * s.channels; }

/// One direction of a spread's grid: of the pixels ≡ first modulo the stride.
static void spread_line(size_t first, size_t size, size_t kernel, size_t stride, size_t padding, size_t *count, ptrdiff_t *window,
                        size_t *length) {
    *count = first < size ? (size - first - 1) / stride + 1 : 0;
    const size_t least = (first + padding) % stride;  // the first of the kernel's lines that meet these pixels
    *length = least < kernel ? (kernel - 1 - least) / stride + 1 : 0;
    const size_t last = least + (*length > 0 ? *length - 1 : 0) * stride;
    // Exactly divisible.
    *window = ((ptrdiff_t)(first + padding) - (ptrdiff_t)last) / (ptrdiff_t)stride;
}

static target_grid spread_grid(const convolution_shape *shape, size_t number) {
    target_grid grid = {.first_row = number / shape->stride, .first_column = number % shape->stride};
    spread_line(grid.first_row, shape->height, shape->kernel_height, shape->stride, shape->padding, &grid.rows, &grid.window_row,
                &grid.window_rows);
    spread_line(grid.first_column, shape->width, shape->kernel_width, shape->stride, shape->padding, &grid.columns, &grid.window_column,
                &grid.window_columns);
    if (grid.window_rows == 0 || grid.window_columns == 0) grid.window_rows = grid.window_columns = 0;
    return grid;
}

static target_grid correlation_grid(const convolution_shape *shape) {
    return (target_grid){
        .rows = shape->map_height,
        .columns = shape->map_width,
        .window_row = -(ptrdiff_t)shape->padding,
        .window_column = -(ptrdiff_t)shape->padding,
        .window_rows = shape->kernel_height,
        .window_columns = shape->kernel_width,
    };
}

/// The filter's number that a spread's window meets at one of its places: the windows' order runs against the kernel's.
static size_t kernel_place(const convolution_shape *shape, const target_grid *grid, size_t window_row, size_t window_column) {
    const size_t least_row = (grid->first_row + shape->padding) % shape->stride;
    const size_t least_column = (grid->first_column + shape->padding) % shape->stride;
    const size_t row = least_row + (grid->window_rows - 1 - window_row) * shape->stride;
    const size_t column = least_column + (grid->window_columns - 1 - window_column) * shape->stride;
    return row * shape->kernel_width + column;
}

// MARK: gathering

typedef struct {
    const product_kernels *kernels;
    const elementwise_kernels *elementwise;
    const convolution_shape *shape;
    const float *input, *weight;
    const convolution_finish *finish;
    float *output;
    bool spreads;
    side source, target;
    size_t images, images_per_task;
    size_t grids, step, spacing;  // of windows and of target pixels
    size_t panel_count, most_inner;
    float *panels;        // [grid][panel][k][16]
    uint32_t *positions;  // packing lists them; nothing is skipped
    float *biases;        // a target's line, one bias per number
    // Few channels:
    plane_layout layout;
    size_t vectors, slot_floats;
    float *slots;
    _Atomic size_t next_image;
} gather_product;

static target_grid grid_of(const gather_product *product, size_t number) {
    return product->spreads ? spread_grid(product->shape, number) : correlation_grid(product->shape);
}

static inline float *panels_of(const gather_product *product, size_t grid) {
    return product->panels + grid * product->panel_count * product->most_inner * product_lanes;
}

static void pack_filters(void *context, size_t panel) {
    const gather_product *product = context;
    const size_t inner = product->most_inner, first = panel * product_lanes;
    product->kernels->pack_transposed(product->weight + first * inner, inner, smaller(product_lanes, product->target.channels - first), inner,
                                      product->panels + panel * inner * product_lanes, product->positions + panel * inner);
}

static void pack_spread(void *context, size_t number) {
    const gather_product *product = context;
    const target_grid grid = grid_of(product, number);
    const size_t channels = product->target.channels, filters = product->source.channels;
    const size_t inner = grid.window_rows * grid.window_columns * filters;
    const size_t filter_stride = product->shape->kernel_height * product->shape->kernel_width * channels;
    for (size_t place = 0; place < grid.window_rows * grid.window_columns; place++) {
        const float *weight =
            product->weight + kernel_place(product->shape, &grid, place / grid.window_columns, place % grid.window_columns) * channels;
        product->kernels->pack_block(weight, filter_stride, filters, channels,
                                     panels_of(product, number) + place * filters * product_lanes, inner * product_lanes);
    }
}

/// Bias and activation of entire images of the target. A line's biases are written out, so that rows are long whatever the channels.
static void finish_images(const gather_product *product, size_t first, size_t images) {
    if (!product->finish->bias) return;
    const size_t line = product->target.width * product->target.channels;
    product->elementwise->bias_activation(product->output + first * floats_of(product->target), images * product->target.height, line, line,
                                          product->biases, 0, 1, product->finish->activation);
}

/// Where a run of target pixels goes: `count` of them in one row of the grid, from number `first` of the grid's pixels in all images.
static size_t target_place(const gather_product *product, const target_grid *grid, size_t first_image, size_t first) {
    const size_t image = first_image + first / (grid->rows * grid->columns), pixel = first % (grid->rows * grid->columns);
    const size_t row = grid->first_row + pixel / grid->columns * product->spacing;
    const size_t column = grid->first_column + pixel % grid->columns * product->spacing;
    return ((image * product->target.height + row) * product->target.width + column) * product->target.channels;
}

static void gather_grid(const gather_product *product, size_t number, size_t first_image, size_t images) {
    const target_grid grid = grid_of(product, number);
    const product_kernels *kernels = product->kernels;
    const size_t per_image = grid.rows * grid.columns, pixels = images * per_image, channels = product->target.channels;
    const size_t inner = grid.window_rows * grid.window_columns * product->source.channels;
    const windowed_image from = {product->source.height, product->source.width, product->source.channels, grid.window_columns};
    const float *rectifier_output = product->finish->rectifier_output;

    _Alignas(64) float rows[product_rows * depth];
    _Alignas(64) float sums[panels_at_once][product_rows * product_lanes];
    window_place windows[product_rows];
    if (inner == 0) memset(sums, 0, sizeof sums);
    size_t image = first_image, i = 0, j = 0;
    for (size_t first = 0; first < pixels; first += product_rows) {
        const size_t count = smaller(product_rows, pixels - first);
        for (size_t r = 0; r < count; r++) {
            windows[r] = (window_place){product->input + image * floats_of(product->source),
                                        grid.window_row + (ptrdiff_t)(i * product->step), grid.window_column + (ptrdiff_t)(j * product->step)};
            if (++j < grid.columns) continue;
            j = 0;
            if (++i < grid.rows) continue;
            i = 0;
            image++;
        }
        for (size_t panel = 0; panel < product->panel_count; panel += panels_at_once) {
            const size_t panels = smaller(panels_at_once, product->panel_count - panel);
            for (size_t k = 0; k < inner; k += depth) {
                const size_t length = smaller(depth, inner - k);
                kernels->gather(&from, windows, count, k, length, rows);
                for (size_t p = 0; p < panels; p++)
                    kernels->tile_of_rows(count, rows, length, NULL, length,
                                          panels_of(product, number) + ((panel + p) * inner + k) * product_lanes, k > 0, sums[p]);
            }
            const size_t channel = panel * product_lanes, width = smaller(panels_at_once * product_lanes, channels - channel);
            for (size_t r = 0; r < count;) {
                // A map's rows follow one another; a spread grid's are stored one by one.
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

static void gather_task(void *context, size_t task) {
    const gather_product *product = context;
    const size_t first = task * product->images_per_task, images = smaller(product->images_per_task, product->images - first);
    for (size_t grid = 0; grid < product->grids; grid++) gather_grid(product, grid, first, images);
    finish_images(product, first, images);
}

/// Writes out a line's biases; false without memory.
static bool write_biases(gather_product *product, product_workspace *workspace) {
    if (!product->finish->bias) return true;
    product->biases = product_reserve(&workspace->left, product->target.width * product->target.channels, sizeof(float));
    if (!product->biases) return false;
    for (size_t x = 0; x < product->target.width; x++)
        memcpy(product->biases + x * product->target.channels, product->finish->bias, product->target.channels * sizeof(float));
    return true;
}

static int gather_all(gather_product *product, thread_pool *pool, product_workspace *workspace) {
    const size_t grid_pixels = parts(product->target.height, product->spacing) * parts(product->target.width, product->spacing);
    product->images_per_task = parts(least_pixels_per_task, grid_pixels ? grid_pixels : 1);
    product->panel_count = parts(product->target.channels, product_lanes);
    const size_t floats = product->grids * product->panel_count * product->most_inner;
    pthread_mutex_lock(&workspace->turn);
    product->panels = product_reserve(&workspace->panels, floats, product_lanes * sizeof(float));
    product->positions = product_reserve(&workspace->positions, floats, sizeof(uint32_t));
    const bool has_memory = product->panels && product->positions && write_biases(product, workspace);
    if (has_memory) {
        if (product->spreads)
            thread_pool_run(pool, product->grids, pack_spread, product);
        else
            thread_pool_run(pool, product->panel_count, pack_filters, product);
        thread_pool_run(pool, parts(product->images, product->images_per_task), gather_task, product);
    }
    pthread_mutex_unlock(&workspace->turn);
    return has_memory ? 0 : -1;
}

int convolution_correlate(const product_kernels *kernels, const elementwise_kernels *elementwise, thread_pool *pool,
                          product_workspace *workspace, const convolution_shape *shape, size_t images, const float *image,
                          const float *weight, const convolution_finish *finish, float *map) {
    if (images == 0) return 0;
    gather_product product = {
        .kernels = kernels,
        .elementwise = elementwise,
        .shape = shape,
        .input = image,
        .weight = weight,
        .finish = finish,
        .output = map,
        .source = {shape->height, shape->width, shape->channels},
        .target = {shape->map_height, shape->map_width, shape->filters},
        .images = images,
        .grids = 1,
        .step = shape->stride,
        .spacing = 1,
        .most_inner = shape->kernel_height * shape->kernel_width * shape->channels,
    };
    return gather_all(&product, pool, workspace);
}

// MARK: spreading to few channels
// A vector over channels would be mostly empty. Here the lanes are neighbouring pixels of a grid: the map is taken apart into planes with
// a border of zeros, in which a window's step to the side is a step of one float. Lanes beyond a grid's row compute what nobody reads.

static void pack_few(void *context, size_t number) {
    const gather_product *product = context;
    const target_grid grid = grid_of(product, number);
    const size_t channels = product->target.channels, filters = product->source.channels;
    const size_t places = grid.window_rows * grid.window_columns;
    const size_t filter_stride = product->shape->kernel_height * product->shape->kernel_width * channels;
    float *weights = product->panels + number * channels * product->most_inner;  // [channel][place][filter]
    for (size_t c = 0; c < channels; c++)
        for (size_t place = 0; place < places; place++) {
            const float *weight = product->weight + c +
                                  kernel_place(product->shape, &grid, place / grid.window_columns, place % grid.window_columns) * channels;
            for (size_t f = 0; f < filters; f++) weights[(c * places + place) * filters + f] = weight[f * filter_stride];
        }
}

static void spread_few_task(void *context, size_t slot) {
    gather_product *product = context;
    const size_t channels = product->target.channels, filters = product->source.channels, line = product->target.width * channels;
    float *planes = product->slots + slot * product->slot_floats, *sums = planes + filters * product->layout.plane_stride;
    memset(planes, 0, filters * product->layout.plane_stride * sizeof(float));
    for (;;) {
        const size_t image = atomic_fetch_add(&product->next_image, 1);
        if (image >= product->images) return;
        product->kernels->take_planes(product->input + image * floats_of(product->source), product->source.height, product->source.width,
                                      filters, &product->layout, planes);
        const size_t begin = image * floats_of(product->target);
        float *output = product->output + begin;
        for (size_t number = 0; number < product->grids; number++) {
            const target_grid grid = grid_of(product, number);
            const size_t places = grid.window_rows * grid.window_columns;
            const size_t vectors = parts(grid.rows * product->layout.row_stride, product_lanes);
            // The layout's border is as wide as the farthest window needs.
            const float *from = planes;
            if (places > 0)
                from += (ptrdiff_t)product->layout.first + grid.window_row * (ptrdiff_t)product->layout.row_stride + grid.window_column;
            for (size_t c = 0; c < channels; c++) {
                const float *weights = product->panels + number * channels * product->most_inner + c * places * filters;
                product->kernels->window_of_planes(weights, grid.window_rows, grid.window_columns, filters, from, &product->layout, vectors,
                                                   sums);
                for (size_t i = 0; i < grid.rows; i++) {
                    float *to = output + (grid.first_row + i * product->spacing) * line + grid.first_column * channels + c;
                    const float *row = sums + i * product->layout.row_stride;
                    for (size_t j = 0; j < grid.columns; j++) to[j * product->spacing * channels] = row[j] + 0.0f;
                }
            }
        }
        if (product->finish->rectifier_output)
            product->elementwise->rectifier_mask(output, line, product->finish->rectifier_output + begin, line, product->target.height, line);
        finish_images(product, image, 1);
    }
}

/// The border that all grids' windows need around one direction of the map.
static void border(size_t size, size_t kernel, size_t stride, size_t padding, size_t map, size_t *before, size_t *after) {
    *before = *after = 0;
    for (size_t first = 0; first < stride; first++) {
        size_t count, length;
        ptrdiff_t window;
        spread_line(first, size, kernel, stride, padding, &count, &window, &length);
        if (count == 0 || length == 0) continue;
        const ptrdiff_t beyond = window + (ptrdiff_t)(count - 1 + length) - (ptrdiff_t)map;
        if (-window > (ptrdiff_t)*before) *before = (size_t)-window;
        if (beyond > (ptrdiff_t)*after) *after = (size_t)beyond;
    }
}

static int spread_few(gather_product *product, thread_pool *pool, product_workspace *workspace) {
    const convolution_shape *shape = product->shape;
    size_t above, below, left, right;
    border(shape->height, shape->kernel_height, shape->stride, shape->padding, shape->map_height, &above, &below);
    border(shape->width, shape->kernel_width, shape->stride, shape->padding, shape->map_width, &left, &right);
    // The longest row of a grid fits into a line, with its windows.
    const size_t longest = parts(shape->width, shape->stride);
    const size_t row_stride = left + (shape->map_width > longest ? shape->map_width : longest) + right;
    product->vectors = parts(parts(shape->height, shape->stride) * row_stride, product_lanes);
    product->layout = (plane_layout){
        .first = above * row_stride + left,
        .row_stride = row_stride,
        // Whatever a last vector reads beyond its grid is there.
        .plane_stride = ((above + shape->map_height + below + parts(shape->kernel_height, shape->stride) + 1) * row_stride) + 2 * product_lanes,
    };
    const size_t slots = smaller((size_t)thread_pool_threads(pool), product->images);
    product->slot_floats = product->source.channels * product->layout.plane_stride + product->vectors * product_lanes;
    pthread_mutex_lock(&workspace->turn);
    product->panels = product_reserve(&workspace->panels, product->grids * product->target.channels * product->most_inner, sizeof(float));
    product->slots = product_reserve(&workspace->counts, slots * product->slot_floats, sizeof(float));
    const bool has_memory = product->panels && product->slots && write_biases(product, workspace);
    if (has_memory) {
        thread_pool_run(pool, product->grids, pack_few, product);
        thread_pool_run(pool, slots, spread_few_task, product);
    }
    pthread_mutex_unlock(&workspace->turn);
    return has_memory ? 0 : -1;
}

int convolution_spread(const product_kernels *kernels, const elementwise_kernels *elementwise, thread_pool *pool,
                       product_workspace *workspace, const convolution_shape *shape, size_t images, const float *map, const float *weight,
                       const convolution_finish *finish, float *image) {
    if (images == 0) return 0;
    gather_product product = {
        .kernels = kernels,
        .elementwise = elementwise,
        .shape = shape,
        .input = map,
        .weight = weight,
        .finish = finish,
        .output = image,
        .spreads = true,
        .source = {shape->map_height, shape->map_width, shape->filters},
        .target = {shape->height, shape->width, shape->channels},
        .images = images,
        .grids = shape->stride * shape->stride,
        .step = 1,
        .spacing = shape->stride,
        .most_inner = parts(shape->kernel_height, shape->stride) * parts(shape->kernel_width, shape->stride) * shape->filters,
    };
    return shape->channels < few_channels ? spread_few(&product, pool, workspace) : gather_all(&product, pool, workspace);
}

// MARK: gradient by the filters: lanes are a filter's numbers, rows are filters, the inner index is the position on the map

enum { width_at_once = 64, filters_at_once = 96, positions_at_once = 96 };

typedef struct {
    const product_kernels *kernels;
    const convolution_shape *shape;
    const float *map, *image;
    float *gradient;
    const weight_update *update;
    size_t images, inner, filters_per_task, filter_tasks;
} filter_gradient_product;

static void filter_gradient_task(void *context, size_t task) {
    const filter_gradient_product *product = context;
    const convolution_shape *shape = product->shape;
    const target_grid grid = correlation_grid(shape);
    const size_t first_filter = task % product->filter_tasks * product->filters_per_task;
    const size_t filters = smaller(product->filters_per_task, shape->filters - first_filter);
    const size_t first_k = task / product->filter_tasks * width_at_once, width = smaller(width_at_once, product->inner - first_k);
    const size_t vectors = parts(width, product_lanes), blocks = parts(filters, product_rows);
    const windowed_image from = {shape->height, shape->width, shape->channels, shape->kernel_width};
    const size_t positions = product->images * grid.rows * grid.columns, image_floats = shape->height * shape->width * shape->channels;

    // A last vector may read beyond the patches' last row: what its lanes compute there is not stored.
    _Alignas(64) float patches[positions_at_once * width_at_once + product_lanes];
    _Alignas(64) float sums[filters_at_once / product_rows][width_at_once / product_lanes][product_rows * product_lanes];
    window_place windows[positions_at_once];
    memset(patches, 0, sizeof patches);
    if (positions == 0) memset(sums, 0, sizeof sums);
    size_t image = 0, i = 0, j = 0;
    for (size_t first = 0; first < positions; first += positions_at_once) {
        const size_t count = smaller(positions_at_once, positions - first);
        for (size_t p = 0; p < count; p++) {
            windows[p] = (window_place){product->image + image * image_floats, grid.window_row + (ptrdiff_t)(i * shape->stride),
                                        grid.window_column + (ptrdiff_t)(j * shape->stride)};
            if (++j < grid.columns) continue;
            j = 0;
            if (++i < grid.rows) continue;
            i = 0;
            image++;
        }
        product->kernels->gather(&from, windows, count, first_k, width, patches);
        for (size_t block = 0; block < blocks; block++)
            for (size_t v = 0; v < vectors; v++)
                product->kernels->tile_of_columns(smaller(product_rows, filters - block * product_rows),
                                                  product->map + first * shape->filters + first_filter + block * product_rows,
                                                  shape->filters, patches + v * product_lanes, width, count, first > 0, sums[block][v]);
    }
    for (size_t block = 0; block < blocks; block++)
        for (size_t v = 0; v < vectors; v++)
            product->kernels->finish_gradient(sums[block][v], smaller(product_rows, filters - block * product_rows),
                                              smaller(product_lanes, width - v * product_lanes), product->gradient, product->update,
                                              (first_filter + block * product_rows) * product->inner + first_k + v * product_lanes,
                                              product->inner);
}

int convolution_filter_gradient(const product_kernels *kernels, thread_pool *pool, product_workspace *workspace,
                                const convolution_shape *shape, size_t images, const float *map, const float *image, float *gradient,
                                const weight_update *update) {
    (void)workspace;
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
    const size_t width_tasks = parts(product.inner, width_at_once);
    // Few columns leave the filters to be shared out.
    product.filters_per_task = width_tasks >= 8 ? smaller(filters_at_once, shape->filters) : product_lanes;
    product.filter_tasks = parts(shape->filters, product.filters_per_task);
    thread_pool_run(pool, width_tasks * product.filter_tasks, filter_gradient_task, &product);
    return 0;
}

// MARK: patches for a product by somebody else

static window_place window_at(const convolution_shape *shape, const float *image, size_t position) {
    const size_t per_image = shape->map_height * shape->map_width, place = position % per_image;
    return (window_place){image + position / per_image * (shape->height * shape->width * shape->channels),
                          (ptrdiff_t)(place / shape->map_width * shape->stride) - (ptrdiff_t)shape->padding,
                          (ptrdiff_t)(place % shape->map_width * shape->stride) - (ptrdiff_t)shape->padding};
}

void convolution_patches(const convolution_shape *shape, const float *image, size_t first, size_t count, float *patches) {
    const size_t inner = shape->kernel_height * shape->kernel_width * shape->channels;
    const windowed_image from = {shape->height, shape->width, shape->channels, shape->kernel_width};
    const product_kernels *kernels = product_kernels_for(processor_instruction_set());
    for (size_t i = 0; i < count; i++) {
        const window_place window = window_at(shape, image, first + i);
        kernels->gather(&from, &window, 1, 0, inner, patches + i * inner);
    }
}

void convolution_scatter(const convolution_shape *shape, const float *patches, size_t first, size_t count, float *image) {
    const ptrdiff_t line = (ptrdiff_t)(shape->width * shape->channels), run = (ptrdiff_t)(shape->kernel_width * shape->channels);
    for (size_t position = first; position < first + count; position++) {
        const window_place window = window_at(shape, image, position);
        const ptrdiff_t left = window.column * (ptrdiff_t)shape->channels;
        const ptrdiff_t begin = left < 0 ? -left : 0, end = left + run > line ? line - left : run;
        float *to = image + (window.image - image);
        for (size_t ky = 0; ky < shape->kernel_height; ky++, patches += run) {
            const ptrdiff_t row = window.row + (ptrdiff_t)ky;
            if (row < 0 || row >= (ptrdiff_t)shape->height) continue;
            for (ptrdiff_t i = begin; i < end; i++) to[row * line + left + i] += patches[i];
        }
    }
}
