#pragma once
/// What the processor can do at best, in the instruction set that training uses.

#include <cstdint>

namespace warp2vec {

/// Runs `rounds` rounds of independent fused multiply-adds in registers, the multiply-adds of 12 rows by 2
/// vectors that host/simd_kernels.cpp has in its inner loop, without loads. Returns the number of
/// floating-point operations done.
std::int64_t multiply_add(std::int64_t rounds);

}  // namespace warp2vec
