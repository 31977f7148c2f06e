#include "portable_math.h"

#include <stdint.h>
#include <string.h>

static double power_of_two(int exponent) {
    const uint64_t bits = (uint64_t)(exponent + 1023) << 52;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// e^x = 2^n e^r, |r| ≤ ½ ln 2; Taylor's series to r^13 leaves 4e-18.
double portable_exponential(double x) {
    if (x != x) return x;
    if (x > 709.8) return __builtin_inf();
    if (x < -745.2) return 0.0;
    const int n = (int)(x * 1.44269504088896340736 + (x < 0.0 ? -0.5 : 0.5));
    // ln 2 in two parts, the first of 32 bits, so that n times it is exact.
    const double ln2_high = 0x1.62e42feep-1, ln2_low = 0x1.a39ef35793c76p-33;
    const double r = (x - n * ln2_high) - n * ln2_low;
    static const double reciprocal_factorials[] = {
        1.0 / 6227020800.0, 1.0 / 479001600.0, 1.0 / 39916800.0, 1.0 / 3628800.0, 1.0 / 362880.0, 1.0 / 40320.0,
        1.0 / 5040.0,       1.0 / 720.0,       1.0 / 120.0,      1.0 / 24.0,      1.0 / 6.0,      0.5,
    };
    double q = 0.0;
    for (int i = 0; i < 12; i++) q = q * r + reciprocal_factorials[i];
    const double y = 1.0 + (r + r * r * q);
    const int half = n / 2;
    return y * power_of_two(half) * power_of_two(n - half);
}

// log x = e ln 2 + 2 artanh s, s = (m − 1) / (m + 1), m in [√½, √2); the series to s^21 leaves 1e-17.
double portable_logarithm(double x) {
    if (x != x || x == __builtin_inf()) return x;
    if (x < 0.0) return __builtin_nan("");
    if (x == 0.0) return -__builtin_inf();
    int exponent = 0;
    if (x < 0x1p-1022) {
        x *= 0x1p54;
        exponent = -54;
    }
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    const uint64_t root_half = 0x3fe6a09e667f3bcdull;
    const uint64_t offset = bits - root_half;
    exponent += (int)((int64_t)offset >> 52);
    bits = (offset & 0x000fffffffffffffull) + root_half;
    double m;
    memcpy(&m, &bits, sizeof m);
    const double f = m - 1.0, s = f / (2.0 + f), z = s * s;
    double l = 0.0;
    for (int k = 21; k >= 3; k -= 2) l = l * z + 2.0 / k;
    const double half_square = 0.5 * f * f;
    const double ln2_high = 0x1.62e42feep-1, ln2_low = 0x1.a39ef35793c76p-33;
    // log m = f − (f²/2 − s (f²/2 + z l)): the leading term is exact.
    return exponent * ln2_high + (f - (half_square - (s * (half_square + z * l) + exponent * ln2_low)));
}
