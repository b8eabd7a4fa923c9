#pragma once
/// Functions of which a GPU has an approximation in one instruction (PTX ISA: ex2.approx, rcp.approx; 2^-22
/// and 2^-23 of the result): without branches, and for gradients that are rounded to bfloat16. On the host
/// they are rounded to nearest.

#include <warp2vec/types.h>

#include <cmath>
#include <limits>

namespace warp2vec {

/// 2^x; 0 below 2^-126, and infinity from 2^128 on.
WARP2VEC_HD inline float fast_exp2(float x) {
#if defined(__CUDA_ARCH__)
  float power = 0;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(power) : "f"(x));
  return power;
#else
  if (x < -126.0F) return 0.0F;
  return x < 128.0F ? static_cast<float>(std::exp2(static_cast<double>(x)))
                    : std::numeric_limits<float>::infinity();
#endif
}

/// 1 / x for x of 1 or more, or infinity.
WARP2VEC_HD inline float fast_reciprocal(float x) {
#if defined(__CUDA_ARCH__)
  float reciprocal = 0;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(reciprocal) : "f"(x));
  return reciprocal;
#else
  return 1.0F / x;
#endif
}

inline constexpr float kLog2E = 1.44269504F;

/// 1 / (1 + 2^x).
WARP2VEC_HD inline float fast_share(float x) { return fast_reciprocal(1.0F + fast_exp2(x)); }

/// sigmoid(); 0 below -88.
WARP2VEC_HD inline float fast_sigmoid(float x) { return fast_share(-kLog2E * x); }

}  // namespace warp2vec
