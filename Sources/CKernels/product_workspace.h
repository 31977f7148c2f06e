// Scratch memory for products, and how they cut what they compute.
#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "matrix_product.h"

/// Memory that grows when more is asked for.
typedef struct {
    void *memory;
    size_t bytes;
} product_buffer;

struct product_workspace {
    pthread_mutex_t turn;
    product_buffer panels, positions, counts, left, finite, grids, biases, copies;
};

/// `count` elements of `size` bytes each; the buffer's present memory where it suffices. NULL without memory.
void *product_reserve(product_buffer *buffer, size_t count, size_t size);

static inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
static inline size_t parts(size_t count, size_t size) { return count / size + (count % size != 0); }
