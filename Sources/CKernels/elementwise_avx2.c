#if defined(__x86_64__)
#define KERNELS elementwise_avx2
#define KERNELS_NAME "avx2"
#define KERNELS_TARGET "avx2,fma"
#include "elementwise_kernels.h"
#else
typedef int no_kernels_for_this_processor;
#endif
