#pragma once
/// PTX's integer types, and GPU arithmetic without C++ operators.

#include <bit>
#include <cmath>
#include <cstdint>

namespace warp2vec::ptx {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using s16 = std::int16_t;
using u32 = std::uint32_t;
using s32 = std::int32_t;
using u64 = std::uint64_t;
using s64 = std::int64_t;

/// Rounds to nearest, ties to even; NaN becomes 0x7FFF.
inline std::uint16_t bf16_of(float value) {
  const auto b = std::bit_cast<std::uint32_t>(value);
  if ((b & 0x7FFFFFFFU) > 0x7F800000U) return 0x7FFF;
  return static_cast<std::uint16_t>((b + 0x7FFFU + (b >> 16 & 1U)) >> 16);
}
inline float float_of_bf16(std::uint32_t low_half) { return std::bit_cast<float>(low_half << 16); }

/// The sum of two bfloat16, rounded once: first to the float next to it towards zero, made odd if inexact.
inline std::uint16_t bf16_sum(std::uint16_t a, std::uint16_t b) {
  const double exact = static_cast<double>(float_of_bf16(a)) + static_cast<double>(float_of_bf16(b));
  auto f = static_cast<float>(exact);
  if (static_cast<double>(f) != exact && std::isfinite(f)) {
    if (std::fabs(static_cast<double>(f)) > std::fabs(exact)) f = std::nextafter(f, 0.0F);
    f = std::bit_cast<float>(std::bit_cast<std::uint32_t>(f) | 1U);
  }
  return bf16_of(f);
}

/// a b + c with a single rounding, towards zero or (`down`) towards minus infinity.
inline float fma_cut(float a, float b, float c, bool down) {
  const double product = static_cast<double>(a) * static_cast<double>(b);  // exact
  const double addend = c;
  const double sum = product + addend;
  // The rounding error of the sum: Knuth's TwoSum.
  const double part = sum - product;
  const double error = (product - (sum - part)) + (addend - part);
  const auto f = static_cast<float>(sum);
  const double d = f;
  const bool above = d > sum || (d == sum && error < 0);
  const bool below = d < sum || (d == sum && error > 0);
  if (above && (down || f > 0)) return std::nextafter(f, -INFINITY);
  if (below && !down && f < 0) return std::nextafter(f, INFINITY);
  return f;
}

inline float flushed(float x) { return std::fpclassify(x) == FP_SUBNORMAL ? std::copysign(0.0F, x) : x; }

/// 2^x rounded to nearest, which is within the instruction's error bound; subnormal numbers are flushed to
/// zero.
inline float exp2_ftz(float x) {
  return flushed(static_cast<float>(std::exp2(static_cast<double>(flushed(x)))));
}

}  // namespace warp2vec::ptx
