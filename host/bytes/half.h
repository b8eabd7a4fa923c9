#pragma once
/// Numbers of IEEE 754's binary16: a sign, 5 bits of exponent and 10 of mantissa.

#include <cmath>
#include <cstdint>
#include <limits>

namespace warp2vec {

inline float float_of_half(std::uint16_t bits) {
  constexpr int kOnes = 31;  // infinite, or NaN
  const int exponent = bits >> 10U & 31U;
  const int mantissa = bits & 1023U;
  float value = exponent == kOnes ? (mantissa == 0 ? std::numeric_limits<float>::infinity()
                                                   : std::numeric_limits<float>::quiet_NaN())
                : exponent == 0   ? std::ldexp(static_cast<float>(mantissa), -24)
                                  : std::ldexp(static_cast<float>(1024 + mantissa), exponent - 25);
  return (bits & 0x8000U) != 0 ? -value : value;
}

/// The nearest, and of two the even one; infinite from 65520 on.
inline std::uint16_t half_of_float(float value) {
  const std::uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  const float size = std::abs(value);
  if (std::isnan(value)) return 0x7E00;
  if (size >= 65520) return sign | 0x7C00;
  if (size == 0) return sign;
  int exponent = 0;
  std::frexp(size, &exponent);                              // size < 2^exponent
  const int lowest = exponent < -13 ? -24 : exponent - 11;  // of the mantissa's bits
  // The carry of a mantissa that is rounded up to 2048 is the exponent's.
  const auto mantissa = static_cast<int>(std::nearbyint(std::ldexp(size, -lowest)));
  return static_cast<std::uint16_t>(sign | (((lowest + 24) << 10) + mantissa));
}

}  // namespace warp2vec
