#include "convolution_product.h"

static window_place window_at(const convolution_shape *shape, const float *image, size_t position) {
    const target_grid grid = correlation_grid(shape);
    return window_of(&grid, shape->stride, image, shape->height * shape->width * shape->channels, position);
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
