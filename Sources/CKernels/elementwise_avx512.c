#if defined(__x86_64__)
#define KERNELS elementwise_avx512
#define KERNELS_NAME "avx512"
#define KERNELS_TARGET "avx2,fma,avx512f,avx512vl,avx512dq,avx512bw,avx512cd"
#include "elementwise_kernels.h"
#else
typedef int no_kernels_for_this_processor;
#endif
