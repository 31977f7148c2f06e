#if defined(__x86_64__)
#define PRODUCT_KERNELS product_avx512
#define PRODUCT_NAME "avx512"
#define PRODUCT_AVX512
#define KERNELS_TARGET "avx2,fma,avx512f,avx512vl,avx512dq,avx512bw,avx512cd"
#include "product_kernels.h"
#else
typedef int no_kernels_for_this_processor;
#endif
