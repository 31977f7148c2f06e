// What the ways to compute a convolution share (convolution.c chooses among them).
//
// Correlating and spreading are one thing: each element of a TARGET is a chain over a window of a SOURCE. Correlating, the target is the map
// and windows step by the stride. Spreading, the target is the image; its pixels fall into stride² grids by their coordinates modulo the
// stride, and within a grid all windows have one size and step by 1. A window's row lies in one piece in the source.
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "convolution.h"
#include "product_tiles.h"
#include "product_workspace.h"

/// Target pixels (first_row + i · spacing, first_column + j · spacing), whose windows begin at (window_row + i · step, window_column + j · step).
typedef struct {
    size_t rows, columns, first_row, first_column;
    ptrdiff_t window_row, window_column;
    size_t window_rows, window_columns;
} target_grid;

typedef struct {
    size_t height, width, channels;
} convolution_side;

static inline size_t floats_of(convolution_side side) { return side.height * side.width * side.channels; }

typedef struct {
    const product_kernels *kernels;
    const elementwise_kernels *elementwise;
    const convolution_shape *shape;
    const float *input, *weight;
    const convolution_finish *finish;
    float *output;
    bool spreads;
    convolution_side source, target;
    size_t images;
    size_t step, spacing;  // of windows in the source and of a grid's pixels in the target
    size_t grid_count;
    const target_grid *grids;
    size_t panel_count, most_inner;  // of any grid
    const float *panels;             // [grid][panel][k][16], k in the order of the chains
    const float *biases;             // of a line of the target, written out, so that rows to be finished are long whatever the channels
} convolution_product;

/// So many numbers of a window, and so many panels of weights, share the first-level cache.
enum { window_depth = 128, panels_at_once = 4 };

static inline const float *panels_of(const convolution_product *product, size_t grid) {
    return product->panels + grid * product->panel_count * product->most_inner * product_lanes;
}

target_grid correlation_grid(const convolution_shape *shape);

/// The window of a grid's pixel, counted over all images, of the source `images`.
static inline window_place window_of(const target_grid *grid, size_t step, const float *images, size_t image_floats, size_t number) {
    const size_t per_image = grid->rows * grid->columns, pixel = number % per_image;
    return (window_place){images + number / per_image * image_floats, grid->window_row + (ptrdiff_t)(pixel / grid->columns * step),
                          grid->window_column + (ptrdiff_t)(pixel % grid->columns * step)};
}

/// Where images are many and weights finite: a tile's rows are one pixel's windows in up to 24 images. They lie a constant distance apart and
/// have their borders in common, so they are read where they are, and what lies beyond the border is left out. False without memory.
bool convolve_by_images(const convolution_product *product, thread_pool *pool, product_workspace *workspace);

/// Always: windows of neighbouring pixels are copied side by side into a block that stays in the first-level cache, zeros beyond the border.
void convolve_by_windows(const convolution_product *product, thread_pool *pool);

/// Spreading, where weights are finite: pixel after pixel of the map goes to all that its kernel covers, in up to 16 images at a time. A
/// vector's lanes are images, so that few channels fill it too. False without memory.
bool spread_by_pixels(const convolution_product *product, thread_pool *pool, product_workspace *workspace);
