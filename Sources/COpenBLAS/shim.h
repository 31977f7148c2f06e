#include <cblas.h>
#include <stddef.h>

/// LAPACK's solver of A x = b for symmetric positive definite A, by Cholesky's factors (netlib.org/lapack: dposv). OpenBLAS contains LAPACK, but Debian's package
/// of OpenBLAS does not declare it. The last parameter is what Fortran compilers add for the length of `triangle`.
void dposv_(
    const char *triangle, const blasint *order, const blasint *rightHandSides, double *a, const blasint *aStride, double *b, const blasint *bStride,
    blasint *info, size_t triangleLength);
