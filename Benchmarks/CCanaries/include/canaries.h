// What the machine can do at this moment: the limits that a benchmark's results stand beside.
#pragma once
#include <stddef.h>

/// Fused multiply-adds in registers alone, single precision, with the widest vectors there are: floating-point operations made.
double canary_multiply_adds(size_t rounds);
/// Reads `count` floats and returns their sum, so that the reading is not dropped.
float canary_read(const float *a, size_t count);
