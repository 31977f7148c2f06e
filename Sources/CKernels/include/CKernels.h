// The C side of Numerics: the loops that must be fast, written so that the result never depends on vector width or thread count.
#pragma once

#include "philox.h"
