// What matrix_product.c needs from each instruction set.
#pragma once
#include <stdint.h>

#include "matrix_product.h"

enum { product_rows = 24, product_lanes = 16 };

struct product_kernels {
    const char *name;

    /// A tile whose rows lie in a matrix, `stride` floats apart; c, [rows][16], starts from its present content where `resume` is set and
    /// from +0 otherwise.
    void (*tile_of_rows)(size_t rows, const float *a, size_t stride, const uint32_t *positions, size_t count, const float *panel, int resume,
                         float *c);
    /// A tile of packed rows, [k][24]; c starts from +0.
    void (*tile_of_packed)(size_t rows, const float *a, const uint32_t *positions, size_t count, const float *panel, float *c);

    /// panel[k][l] = a[l, k], zero for l ≥ rows; lists the k's with a factor other than zero and returns their number. `positions` holds
    /// one entry more than `columns`.
    size_t (*pack_transposed)(const float *a, size_t stride, size_t rows, size_t columns, float *panel, uint32_t *positions);
    /// run[l] = a[l], zero for l ≥ columns; returns whether any is other than zero.
    int (*pack_run)(const float *a, size_t columns, float *run);
    int (*all_finite)(const float *a, size_t count);

    /// output[l, r] = c[r][l] + 0.
    void (*store_transposed)(const float *c, size_t rows, size_t examples, float *output, size_t stride);
    /// output[l] = c[l] + 0; 0 where `rectifier_output`, if given, is not above 0.
    void (*store_row)(const float *c, size_t columns, const float *rectifier_output, float *output);
    /// gradient = c + 0, stored or given to the update; row r of c belongs at place + r · stride.
    void (*finish_gradient)(const float *c, size_t rows, size_t columns, float *gradient, const weight_update *update, size_t place,
                            size_t stride);
};
