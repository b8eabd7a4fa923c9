#pragma once
/// bfloat16: the upper half of a float, with 8 significant bits.

#include <warp2vec/types.h>

#include <cstdint>

namespace warp2vec {

struct Bf16 {
  std::uint16_t bits;
};

// __builtin_bit_cast, since nvcc treats std::bit_cast as a host function.
WARP2VEC_HD constexpr float to_float(Bf16 value) {
  return __builtin_bit_cast(float, std::uint32_t{value.bits} << 16);
}

/// The nearest value, ties to even; NaN stays NaN.
WARP2VEC_HD constexpr Bf16 nearest_bf16(float value) {
  const auto bits = __builtin_bit_cast(std::uint32_t, value);
  if ((bits & 0x7FFFFFFFU) > 0x7F800000U) return {static_cast<std::uint16_t>((bits >> 16) | 0x40U)};
  return {static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16)};
}

/// Stochastic rounding: one of the two neighbouring values, with probabilities that preserve the mean, so
/// that updates smaller than a value's last place are not lost: S. Gupta et al., "Deep Learning with Limited
/// Numerical Precision", ICML 2015. `random`: 16 uniform bits. Infinities and NaN are rounded to nearest.
WARP2VEC_HD constexpr Bf16 stochastic_bf16(float value, std::uint32_t random) {
  const auto bits = __builtin_bit_cast(std::uint32_t, value);
  if ((bits & 0x7F800000U) == 0x7F800000U) return nearest_bf16(value);
  return {static_cast<std::uint16_t>((bits + random) >> 16)};
}

}  // namespace warp2vec
