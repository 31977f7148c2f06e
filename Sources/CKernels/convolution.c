#include "convolution.h"

#include <string.h>

#include "convolution_product.h"

// Below so many images a tile of images would be too flat, and below so many channels a vector of them too empty.
enum { least_images = 8, least_channels = 8 };

// MARK: grids

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

target_grid correlation_grid(const convolution_shape *shape) {
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

// MARK: what all ways need

typedef struct {
    const convolution_product *product;
    float *panels;
} packing;

static void pack_filters(void *context, size_t panel) {
    const packing *packing = context;
    const convolution_product *product = packing->product;
    const size_t inner = product->most_inner, first = panel * product_lanes;
    product->kernels->turn(product->weight + first * inner, inner, smaller(product_lanes, product->target.channels - first), inner,
                           packing->panels + panel * inner * product_lanes);
}

static void pack_spread(void *context, size_t number) {
    const packing *packing = context;
    const convolution_product *product = packing->product;
    const target_grid grid = product->grids[number];
    const size_t channels = product->target.channels, filters = product->source.channels;
    const size_t inner = grid.window_rows * grid.window_columns * filters;
    const size_t filter_stride = product->shape->kernel_height * product->shape->kernel_width * channels;
    float *panels = packing->panels + number * product->panel_count * product->most_inner * product_lanes;
    for (size_t place = 0; place < grid.window_rows * grid.window_columns; place++) {
        const float *weight =
            product->weight + kernel_place(product->shape, &grid, place / grid.window_columns, place % grid.window_columns) * channels;
        product->kernels->pack_block(weight, filter_stride, filters, channels,
                                     panels + place * filters * product_lanes, inner * product_lanes);
    }
}

static bool write_grids(convolution_product *product, product_workspace *workspace) {
    target_grid *grids = product_reserve(&workspace->grids, product->grid_count, sizeof(target_grid));
    if (!grids) return false;
    for (size_t number = 0; number < product->grid_count; number++)
        grids[number] = product->spreads ? spread_grid(product->shape, number) : correlation_grid(product->shape);
    product->grids = grids;
    return true;
}

static bool write_panels(convolution_product *product, thread_pool *pool, product_workspace *workspace) {
    product->panel_count = parts(product->target.channels, product_lanes);
    packing packing = {product, product_reserve(&workspace->panels, product->grid_count * product->panel_count * product->most_inner,
                                                product_lanes * sizeof(float))};
    if (!packing.panels) return false;
    product->panels = packing.panels;
    if (product->spreads)
        thread_pool_run(pool, product->grid_count, pack_spread, &packing);
    else
        thread_pool_run(pool, product->panel_count, pack_filters, &packing);
    return true;
}

static bool write_biases(convolution_product *product, product_workspace *workspace) {
    if (!product->finish->bias) return true;
    const size_t channels = product->target.channels;
    float *biases = product_reserve(&workspace->biases, product->target.width * channels, sizeof(float));
    if (!biases) return false;
    for (size_t x = 0; x < product->target.width; x++) memcpy(biases + x * channels, product->finish->bias, channels * sizeof(float));
    product->biases = biases;
    return true;
}

static int convolve(convolution_product *product, thread_pool *pool, product_workspace *workspace) {
    const convolution_shape *shape = product->shape;
    // Leaving out a border's zeros changes no chain where they meet finite weights (docs/arithmetic.md).
    const bool is_finite =
        product->kernels->all_finite(product->weight, shape->filters * shape->kernel_height * shape->kernel_width * shape->channels);
    pthread_mutex_lock(&workspace->turn);
    bool has_memory = write_biases(product, workspace);
    if (is_finite && product->spreads && shape->channels < least_channels) {
        has_memory = has_memory && spread_by_pixels(product, pool, workspace);
    } else {
        has_memory = has_memory && write_grids(product, workspace) && write_panels(product, pool, workspace);
        if (has_memory && is_finite && product->images >= least_images)
            has_memory = convolve_by_images(product, pool, workspace);
        else if (has_memory)
            convolve_by_windows(product, pool);
    }
    pthread_mutex_unlock(&workspace->turn);
    return has_memory ? 0 : -1;
}

int convolution_correlate(const product_kernels *kernels, const elementwise_kernels *elementwise, thread_pool *pool,
                          product_workspace *workspace, const convolution_shape *shape, size_t images, const float *image,
                          const float *weight, const convolution_finish *finish, float *map) {
    if (images == 0) return 0;
    convolution_product product = {
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
        .grid_count = 1,
        .step = shape->stride,
        .spacing = 1,
        .most_inner = shape->kernel_height * shape->kernel_width * shape->channels,
    };
    return convolve(&product, pool, workspace);
}

int convolution_spread(const product_kernels *kernels, const elementwise_kernels *elementwise, thread_pool *pool,
                       product_workspace *workspace, const convolution_shape *shape, size_t images, const float *map, const float *weight,
                       const convolution_finish *finish, float *image) {
    if (images == 0) return 0;
    convolution_product product = {
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
        .grid_count = shape->stride * shape->stride,
        .step = 1,
        .spacing = shape->stride,
        .most_inner = parts(shape->kernel_height, shape->stride) * parts(shape->kernel_width, shape->stride) * shape->filters,
    };
    return convolve(&product, pool, workspace);
}
