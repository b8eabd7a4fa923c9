#pragma once
/// Which instruction sets the vector kernels are compiled for; stands before Highway's headers.

// Vectors of a length that is not known when they are compiled cannot stand in arrays, as sums of products
// do; ARM has NEON as well.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
