#define KERNELS elementwise_baseline
#define KERNELS_NAME "baseline"
#include "elementwise_kernels.h"
