#pragma once
/// The host's side of matrix_block.h.

#include <warp2vec/detail/bf16.h>

#include "kernels/device/matrix_block.h"
#include "kernels/device/warp.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace warp2vec {

/// See matrix_block.h. Sums run over k in order.
class HostMatrices {
 public:
  struct Block {
    float values[kBlockSide][kBlockSide];
  };
  using A = Block;
  using B = Block;

  static Block zero() { return {}; }

  static A load_a(const Bf16* p, std::int64_t stride) { return load(p, stride); }
  static A load_a_transposed(const Bf16* p, std::int64_t stride) { return load_transposed(p, stride); }
  static B load_b(const Bf16* p, std::int64_t stride) { return load_transposed(p, stride); }
  static B load_b_transposed(const Bf16* p, std::int64_t stride) { return load(p, stride); }

  // A product of two bfloat16 is exact in float, so that adding it rounds once, as a fused multiply-add does.
  static void multiply_add(const A& a, const B& b, Block& c) {
    for (int r = 0; r < kBlockSide; ++r) {
      float sums[kBlockSide];  // of its own, so that it stays in registers
      std::copy_n(c.values[r], kBlockSide, sums);
      for (int k = 0; k < kBlockSide; ++k)
        for (int n = 0; n < kBlockSide; ++n) sums[n] += a.values[r][k] * b.values[k][n];
      std::copy_n(sums, kBlockSide, c.values[r]);
    }
  }

  template <class F>
  static void map(Block& c, F f) {
    for (int r = 0; r < kBlockSide; ++r)
      for (int k = 0; k < kBlockSide; ++k) c.values[r][k] = f(r, k, c.values[r][k]);
  }
  template <class F>
  static std::array<float, kWarpSize> sum(const Block& c, F f) {
    std::array<float, kWarpSize> sums{};
    for (int lane = 0; lane < kWarpSize; ++lane) {
      for (int s = 0; s < kBlockSlots; ++s) {
        const int r = block_row(lane, s);
        const int k = block_column(lane, s);
        sums[static_cast<std::size_t>(lane)] += f(r, k, c.values[r][k]);
      }
    }
    return sums;
  }

  static void store(Bf16* p, std::int64_t stride, const Block& c) {
    for (int r = 0; r < kBlockSide; ++r)
      for (int k = 0; k < kBlockSide; ++k) p[r * stride + k] = nearest_bf16(c.values[r][k]);
  }

  template <class F>
  static void for_each_part(const Block& c, F f) {
    for (int lane = 0; lane < kWarpSize; ++lane)
      f(part_row(lane), part_half(lane), c.values[part_row(lane)] + std::ptrdiff_t{kPart} * part_half(lane));
  }

  static void add(float* p, const float* part) {
    for (int i = 0; i < kPart; ++i) p[i] += part[i];
  }
  static void add(Bf16* p, const float* part) {
    for (int i = 0; i < kPart; ++i) p[i] = nearest_bf16(to_float(p[i]) + to_float(nearest_bf16(part[i])));
  }

 private:
  static Block load(const Bf16* p, std::int64_t stride) {
    Block block;
    for (int r = 0; r < kBlockSide; ++r)
      for (int k = 0; k < kBlockSide; ++k) block.values[r][k] = to_float(p[r * stride + k]);
    return block;
  }
  static Block load_transposed(const Bf16* p, std::int64_t stride) {
    Block block;
    for (int r = 0; r < kBlockSide; ++r)
      for (int k = 0; k < kBlockSide; ++k) block.values[k][r] = to_float(p[r * stride + k]);
    return block;
  }
};

}  // namespace warp2vec
