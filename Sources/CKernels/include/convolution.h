// Convolutions and transposed convolutions in portable arithmetic: every element is ONE chain of IEEE 754 fused multiply-adds in single
// precision, from +0, in the order stated below; +0 is added at the end. Blocking, threads and vector width change no bit.
//
// Both layers are the same three products over the same two sides. The IMAGE side is [N, H, W, C], the MAP side [N, OH, OW, F], both with
// the channels last; the weights are F filters of [KH, KW, C]. A filter placed at (oy, ox) of the map sees the image's pixels
// (oy · stride − padding + ky, ox · stride − padding + kx); beyond the border it sees +0. A convolution correlates forward and spreads
// back; a transposed convolution spreads forward and correlates back.
#pragma once
#include <stddef.h>

#include "matrix_product.h"

typedef struct {
    size_t height, width, channels;          // of the image
    size_t map_height, map_width, filters;   // of the map
    size_t kernel_height, kernel_width;
    size_t stride, padding;                  // alike in both directions
} convolution_shape;

/// What happens to an element once its chain is complete.
typedef struct {
    const float *bias;              // where given, one per channel of the output: added, then the activation
    activation_kind activation;
    const float *rectifier_output;  // where given, of the output's shape: the result is 0 where it is not above 0
} convolution_finish;

/// As in matrix_product.h: 0, or −1 where there was no memory for scratch.
///
/// map[n, oy, ox, f] = finish(chain of weight[f, ky, kx, c] and the image under the filter, over ky, kx, c).
int convolution_correlate(const product_kernels *kernels, const elementwise_kernels *elementwise, thread_pool *pool,
                          product_workspace *workspace, const convolution_shape *shape, size_t images, const float *image,
                          const float *weight, const convolution_finish *finish, float *map);

/// image[n, y, x, c] = finish(chain of map[n, oy, ox, f] and weight[f, ky, kx, c], over every (oy, ox) at which a filter covers (y, x),
/// those beyond the map's border being +0, and over f): oy, ox, f increasing, so that ky and kx decrease.
int convolution_spread(const product_kernels *kernels, const elementwise_kernels *elementwise, thread_pool *pool,
                       product_workspace *workspace, const convolution_shape *shape, size_t images, const float *map, const float *weight,
                       const convolution_finish *finish, float *image);

/// The gradient by weight[f, ky, kx, c]: the chain of map[n, oy, ox, f] and the image under the filter, over n, oy, ox. Stored in
/// `gradient`, or given to `update` and never stored.
int convolution_filter_gradient(const product_kernels *kernels, thread_pool *pool, product_workspace *workspace,
                                const convolution_shape *shape, size_t images, const float *map, const float *image, float *gradient,
                                const weight_update *update);

/// patches[i][ky, kx, c] = the image under the filter at position first + i of all images' maps, for 0 ≤ i < count.
void convolution_patches(const convolution_shape *shape, const float *image, size_t first, size_t count, float *patches);

/// The way back: to each image is added what its `count` positions from `first` hold, position by position.
void convolution_scatter(const convolution_shape *shape, const float *patches, size_t first, size_t count, float *image);
