#pragma once
/// mma.h on the host, in plain loops.

#include <warp2vec/detail/bf16.h>

#include "kernels/device/mma.h"
#include "kernels/device/warp.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace warp2vec {

/// See mma.h. Sums run over k in order.
class HostMma {
 public:
  struct Accumulator {
    float values[kMmaSide][kMmaSide];
  };
  using A = Accumulator;
  using B = Accumulator;

  static Accumulator zero() { return {}; }

  static A load_a(const Bf16* p, std::int64_t stride) { return load(p, stride); }
  static A load_a_transposed(const Bf16* p, std::int64_t stride) { return load_transposed(p, stride); }
  static B load_b(const Bf16* p, std::int64_t stride) { return load_transposed(p, stride); }
  static B load_b_transposed(const Bf16* p, std::int64_t stride) { return load(p, stride); }

  static A of_bits(const std::uint16_t* bits) {
    return ones_where([&](int m, int k) { return (bits[m] >> k & 1) != 0; });
  }
  static A of_bits_transposed(const std::uint16_t* bits) {
    return ones_where([&](int m, int k) { return (bits[k] >> m & 1) != 0; });
  }

  // A product of two bfloat16 is exact in float, so that adding it rounds once, as a fused multiply-add does.
  static void multiply_add(const A& a, const B& b, Accumulator& c) {
    for (int r = 0; r < kMmaSide; ++r) {
      float sums[kMmaSide];  // a local copy, so that it stays in registers
      std::copy_n(c.values[r], kMmaSide, sums);
      for (int k = 0; k < kMmaSide; ++k)
        for (int n = 0; n < kMmaSide; ++n) sums[n] += a.values[r][k] * b.values[k][n];
      std::copy_n(sums, kMmaSide, c.values[r]);
    }
  }

  template <class F>
  static void map(Accumulator& c, F f) {
    for (int r = 0; r < kMmaSide; ++r)
      for (int k = 0; k < kMmaSide; ++k) c.values[r][k] = f(r, k, c.values[r][k]);
  }
  template <class F>
  static std::array<float, kWarpSize> sum(const Accumulator& c, F f) {
    std::array<float, kWarpSize> sums{};
    for (int lane = 0; lane < kWarpSize; ++lane) {
      for (int s = 0; s < kFragmentSlots; ++s) {
        const int r = fragment_row(lane, s);
        const int k = fragment_column(lane, s);
        sums[static_cast<std::size_t>(lane)] += f(r, k, c.values[r][k]);
      }
    }
    return sums;
  }

  static void store(Bf16* p, std::int64_t stride, const Accumulator& c) {
    for (int r = 0; r < kMmaSide; ++r)
      for (int k = 0; k < kMmaSide; ++k) p[r * stride + k] = nearest_bf16(c.values[r][k]);
  }

  template <class F>
  static void for_each_vector(const Accumulator& c, const Accumulator& d, F f) {
    for (int lane = 0; lane < kWarpSize; ++lane) {
      const int row = vector_row(lane);
      const int column = first_vector_column(lane);
      float of_c[kVectorSize];
      float of_d[kVectorSize];
      for (int i = 0; i < kVectorSize; ++i) {
        of_c[i] = c.values[row][column + vector_column(i)];
        of_d[i] = d.values[row][column + vector_column(i)];
      }
      f(row, column, of_c, of_d);
    }
  }

  static void add(float* p, const float* vector) {
    for (int i = 0; i < kVectorSize; ++i) p[vector_column(i)] += vector[i];
  }
  static void add(Bf16* p, const float* vector) {
    for (int i = 0; i < kVectorSize; ++i) {
      Bf16& value = p[vector_column(i)];
      value = nearest_bf16(to_float(value) + to_float(nearest_bf16(vector[i])));
    }
  }

 private:
  template <class F>
  static A ones_where(F f) {
    A a;
    for (int m = 0; m < kMmaSide; ++m)
      for (int k = 0; k < kMmaSide; ++k) a.values[m][k] = f(m, k) ? 1.0F : 0.0F;
    return a;
  }
  static Accumulator load(const Bf16* p, std::int64_t stride) {
    Accumulator fragment;
    for (int r = 0; r < kMmaSide; ++r)
      for (int k = 0; k < kMmaSide; ++k) fragment.values[r][k] = to_float(p[r * stride + k]);
    return fragment;
  }
  static Accumulator load_transposed(const Bf16* p, std::int64_t stride) {
    Accumulator fragment;
    for (int r = 0; r < kMmaSide; ++r)
      for (int k = 0; k < kMmaSide; ++k) fragment.values[k][r] = to_float(p[r * stride + k]);
    return fragment;
  }
};

}  // namespace warp2vec
