#if defined(__x86_64__)
#define PRODUCT_KERNELS product_avx2
#define PRODUCT_NAME "avx2"
#define PRODUCT_AVX2
#define KERNELS_TARGET "avx2,fma"
#include "product_kernels.h"
#else
typedef int no_kernels_for_this_processor;
#endif
