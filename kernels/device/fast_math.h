#pragma once
/// Functions of which a GPU has an approximation in one instruction (PTX ISA: ex2.approx, rcp.approx; 2^-22
/// and 2^-23 of the result): without branches, and for gradients that are rounded to bfloat16. On the host
/// they are rounded to nearest.

#include <warp2vec/types.h>

#include <cmath>

namespace warp2vec {

/// 2^x; 0 below 2^-126.
WARP2VEC_HD inline float fast_exp2(float x) {
#if defined(__CUDA_ARCH__)
  float power = 0;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(power) : "f"(x));
  return power;
#else
  return x < -126.0F ? 0.0F : static_cast<float>(std::exp2(static_cast<double>(x)));
#endif
}

/// 1 / x for x of 1 or more.
WARP2VEC_HD inline float fast_reciprocal(float x) {
#if defined(__CUDA_ARCH__)
  float reciprocal = 0;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(reciprocal) : "f"(x));
  return reciprocal;
#else
  return 1.0F / x;
#endif
}

/// sigmoid().
WARP2VEC_HD inline float fast_sigmoid(float x) {
  constexpr float kLog2E = 1.44269504F;
  const float e = fast_exp2(-kLog2E * std::fabs(x));
  const float of_magnitude = fast_reciprocal(1.0F + e);
  return x >= 0.0F ? of_magnitude : e * of_magnitude;
}

}  // namespace warp2vec
