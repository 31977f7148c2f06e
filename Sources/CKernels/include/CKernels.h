// The C side of Numerics: the loops that must be fast, written so that the result never depends on vector width or thread count.
#pragma once

#include "convolution.h"
#include "elementwise.h"
#include "matrix_product.h"
#include "philox.h"
#include "portable_math.h"
#include "processor.h"
#include "thread_pool.h"
