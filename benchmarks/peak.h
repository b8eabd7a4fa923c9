#pragma once
/// What the processor can do at best, in the instruction set that training uses.

#include <cstdint>

namespace warp2vec {

/// Runs `rounds` rounds of twelve independent fused multiply-adds of vectors in registers, without loads.
/// Returns the number of floating-point operations done.
std::int64_t multiply_add(std::int64_t rounds);

}  // namespace warp2vec
