// e^x and log x in double by our own fixed series: unlike the C library's, the same bits whatever version is installed. For the few
// places outside the kernels where a metric needs them.
#pragma once

/// Within 2 units in the last place where the result is normal; 0 below −745, infinity above 709.8.
double portable_exponential(double x);
/// Within 2 units in the last place for normal x > 0; −infinity at 0, NaN below.
double portable_logarithm(double x);
