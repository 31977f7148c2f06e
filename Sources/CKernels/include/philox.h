// Philox 4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw,
// "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
#pragma once
#include <stdint.h>

/// Ten rounds on one 128-bit counter under a 64-bit key. `output` receives four independent uniform 32-bit words.
void philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t output[4]);
