// What matrix_product.c needs from each instruction set.
#pragma once
#include <stdint.h>

#include "matrix_product.h"

enum { product_rows = 24, product_lanes = 16 };

/// Images of [height, width, channels], or anything of that layout, under windows of some width.
typedef struct {
    size_t height, width, channels, window_columns;
} windowed_image;

/// A window of one image: the pixel under its upper left corner, which may lie beyond the border.
typedef struct {
    const float *image;
    ptrdiff_t row, column;
} window_place;

struct product_kernels {
    const char *name;

    /// A tile whose rows lie in a matrix, `stride` floats apart; c, [rows][16], starts from its present content where `resume` is set and
    /// from +0 otherwise.
    void (*tile_of_rows)(size_t rows, const float *a, size_t stride, const uint32_t *positions, size_t count, const float *panel, int resume,
                         float *c);
    /// A tile of packed rows, [k][24]; c starts from +0. Meanwhile `ahead_rows` cache lines, `ahead_stride` floats apart, are asked for in each
    /// of the matrices `ahead` that are given.
    void (*tile_of_packed)(size_t rows, const float *a, const uint32_t *positions, size_t count, const float *panel, float *c,
                           const float *const ahead[3], size_t ahead_rows, size_t ahead_stride);

    /// panel[k][l] = a[l, k], zero for l ≥ rows; lists the k's with a factor other than zero and returns their number.
    size_t (*pack_transposed)(const float *a, size_t stride, size_t rows, size_t columns, float *panel, uint32_t *positions);
    /// run[l] = a[l], zero for l ≥ columns; returns whether any is other than zero.
    int (*pack_run)(const float *a, size_t columns, float *run);
    int (*all_finite)(const float *a, size_t count);

    /// output[l, r] = c[r][l] + 0.
    void (*store_transposed)(const float *c, size_t rows, size_t examples, float *output, size_t stride);
    /// Panels of 16 columns, `panel_stride` floats apart: panel[k][l] = a[k, l], zero beyond the last column.
    void (*pack_block)(const float *a, size_t stride, size_t rows, size_t columns, float *panels, size_t panel_stride);
    /// The way back: output[row, l] = c[row][l] + 0; 0 where `rectifier_output`, of the output's shape, is not above 0.
    void (*store_block)(const float *c, size_t panel_stride, size_t rows, size_t columns, const float *rectifier_output, float *output,
                        size_t stride);
    /// gradient = c + 0, stored or given to the update; row r of c belongs at place + r · stride.
    void (*finish_gradient)(const float *c, size_t rows, size_t columns, float *gradient, const weight_update *update, size_t place,
                            size_t stride);

    /// As store_block, and before the mask: + bias[l], where it is given, and then the rectifier, where `rectifies` is set.
    void (*store_finished)(const float *c, size_t panel_stride, size_t rows, size_t columns, const float *bias, int rectifies,
                           const float *rectifier_output, float *output, size_t stride);
    /// A tile whose rows lie side by side, `a_stride` floats from one k to the next, like the panel's runs of 16; `resume` as above.
    void (*tile_of_columns)(size_t rows, const float *a, size_t a_stride, const float *panel, size_t panel_stride, size_t count, int resume,
                            float *c);
    /// Likewise over positions in three nested loops, the last fastest: `steps` are floats from one position to the next in each of them.
    void (*tile_of_positions)(size_t rows, const size_t counts[3], const float *a, const size_t a_steps[3], const float *panel,
                              const size_t panel_steps[3], int resume, float *c);
    /// rows[r · length + i] = number first + i of what window r sees, counted by row, column and channel; +0 beyond the border.
    void (*gather)(const windowed_image *from, const window_place *windows, size_t count, size_t first, size_t length, float *rows);
    /// A tile whose k's lie in lines of `run`: line i of row r is at a + r · stride + i · line, its weights at panel + i · panel_line.
    void (*tile_of_lines)(size_t rows, const float *a, size_t stride, size_t line, size_t lines, size_t run, const float *panel,
                          size_t panel_line, int resume, float *c);
    /// panel[k][l] = a[l, k], zero for l ≥ rows.
    void (*turn)(const float *a, size_t stride, size_t rows, size_t columns, float *panel);
    /// As tile_of_columns with runs of 16, but the sums of row r lie, and begin, at c + offsets[r].
    void (*tile_of_places)(size_t rows, const float *a, size_t a_stride, const float *panel, size_t count, float *c, const size_t *offsets);
};
