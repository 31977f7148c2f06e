#if defined(__aarch64__)
#define PRODUCT_KERNELS product_neon
#define PRODUCT_NAME "neon"
#define PRODUCT_NEON
#include "product_kernels.h"
#else
typedef int no_kernels_for_this_processor;
#endif
