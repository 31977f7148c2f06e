#define PRODUCT_KERNELS product_scalar
#define PRODUCT_NAME "scalar"
#include "product_kernels.h"
