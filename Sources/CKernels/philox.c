#include "philox.h"

// Multipliers and Weyl constants: table 2 and section 4.3 of Salmon et al. 2011.
static const uint32_t multiplier0 = 0xD2511F53u;
static const uint32_t multiplier1 = 0xCD9E8D57u;
static const uint32_t weyl0 = 0x9E3779B9u;
static const uint32_t weyl1 = 0xBB67AE85u;

void philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t output[4]) {
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        const uint64_t product0 = (uint64_t)multiplier0 * c0;
        const uint64_t product1 = (uint64_t)multiplier1 * c2;
        c0 = (uint32_t)(product1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)product1;
        c2 = (uint32_t)(product0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)product0;
        k0 += weyl0;
        k1 += weyl1;
    }
    output[0] = c0;
    output[1] = c1;
    output[2] = c2;
    output[3] = c3;
}
