// Replaces the host's expf, log1pf and logf, which differ in the last place, by the functions to which nvcc
// expands those of the device, so that results can be compared bit by bit. Constants and order of operations
// are those of the PTX; special cases that the kernels never reach are omitted.
#include "tests/ptx/numbers.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <initializer_list>

namespace warp2vec::ptx {
namespace {

float of_bits(std::uint32_t bits) { return std::bit_cast<float>(bits); }
std::uint32_t bits_of(float x) { return std::bit_cast<std::uint32_t>(x); }

/// c[0] x^n + c[1] x^(n - 1) + ... + c[n]
float polynomial(float x, std::initializer_list<std::uint32_t> c) {
  const std::uint32_t* next = c.begin();
  float sum = of_bits(*next++);
  while (next != c.end()) sum = std::fma(sum, x, of_bits(*next++));
  return sum;
}

/// The logarithm of 2^(e / 2^23) (1 + m), by the polynomial p(m).
float logarithm(std::uint32_t e, float m, float p) {
  const float exponent = static_cast<float>(static_cast<std::int32_t>(e)) * of_bits(0x34000000);
  return std::fma(exponent, of_bits(0x3F317218), std::fma(m * p, m, m));
}

}  // namespace
}  // namespace warp2vec::ptx

using namespace warp2vec::ptx;

extern "C" {

// 2^n 2^r with n = x / log 2, rounded by adding and subtracting a large number.
float expf(float x) noexcept {
  const float share = std::fma(x, of_bits(0x3BBB989D), 0.5F);
  const float n =
      fma_cut(std::fmin(std::fmax(share, 0.0F), 1.0F), of_bits(0x437C0000), of_bits(0x4B400001), true);
  const float r = std::fma(x, of_bits(0x3FB8AA3B), -(n + of_bits(0xCB40007F)));
  return exp2_ftz(std::fma(x, of_bits(0x32A57060), r)) * of_bits(bits_of(n) << 23);
}

float log1pf(float x) noexcept {
  if (!(x >= 0) || std::isinf(x)) return static_cast<float>(std::log1p(static_cast<double>(x)));
  const std::uint32_t e = (bits_of(fma_cut(x, 1.0F, 1.0F, false)) - 0x3F400000U) & 0xFF800000U;
  const float m = std::fma(0.25F, of_bits(0x40800000U - e), -1.0F) + of_bits(bits_of(x) - e);
  return logarithm(e, m,
                   polynomial(m, {0xBD39BF78, 0x3DD80012, 0xBE0778E0, 0x3E146475, 0xBE2A68DD, 0x3E4CAF9E,
                                  0xBE800042, 0x3EAAAAE6, 0xBF000000}));
}

float logf(float x) noexcept {
  if (!(x >= 0x1p-126F) || std::isinf(x)) return static_cast<float>(std::log(static_cast<double>(x)));
  const std::uint32_t e = (bits_of(x) - 0x3F2AAAABU) & 0xFF800000U;
  const float m = of_bits(bits_of(x) - e) - 1.0F;
  return logarithm(e, m,
                   polynomial(m, {0xBE055027, 0x3E1039F6, 0xBDF8CDCC, 0x3E0F2955, 0xBE2AD8B9, 0x3E4CED0B,
                                  0xBE7FFF22, 0x3EAAAA78, 0xBF000000}));
}

}  // extern "C"
