#pragma once
/// The device's side of matrix_block.h.

#include "kernels/device/matrix_block.h"
#include "kernels/device/matrix_instructions.h"
#include "kernels/device/this_lane.h"

#include <cstdint>

namespace warp2vec {

/// See matrix_block.h. What one lane does.
class DeviceMatrices {
 public:
  struct A {
    std::uint32_t pairs[4];
  };
  struct B {
    std::uint32_t pairs[4];  // of two halves of eight columns
  };
  struct Block {
    float values[kBlockSlots];
  };

  __device__ static Block zero() { return {}; }

  __device__ static A load_a(const Bf16* p, std::int64_t stride) {
    A a;
    load_matrices(a.pairs, p + rows_first(stride));
    return a;
  }
  __device__ static A load_a_transposed(const Bf16* p, std::int64_t stride) {
    A a;
    load_matrices_transposed(a.pairs, p + columns_first(stride));
    return a;
  }
  __device__ static B load_b(const Bf16* p, std::int64_t stride) {
    B b;
    load_matrices(b.pairs, p + columns_first(stride));
    return b;
  }
  __device__ static B load_b_transposed(const Bf16* p, std::int64_t stride) {
    B b;
    load_matrices_transposed(b.pairs, p + rows_first(stride));
    return b;
  }

  __device__ static void multiply_add(const A& a, const B& b, Block& c) {
    mma_16x8x16(c.values, a.pairs, b.pairs);
    mma_16x8x16(c.values + 4, a.pairs, b.pairs + 2);
  }

  template <class F>
  __device__ static void map(Block& c, F f) {
    WARP2VEC_UNROLL
    for (int s = 0; s < kBlockSlots; ++s)
      c.values[s] = f(block_row(this_lane(), s), block_column(this_lane(), s), c.values[s]);
  }
  template <class F>
  __device__ static float sum(const Block& c, F f) {
    float total = 0;
    WARP2VEC_UNROLL
    for (int s = 0; s < kBlockSlots; ++s)
      total += f(block_row(this_lane(), s), block_column(this_lane(), s), c.values[s]);
    return total;
  }

  __device__ static void store(Bf16* p, std::int64_t stride, const Block& c) {
    WARP2VEC_UNROLL
    for (int s = 0; s < kBlockSlots; s += 2)
      *reinterpret_cast<std::uint32_t*>(p + block_row(this_lane(), s) * stride +
                                        block_column(this_lane(), s)) =
          pack_bf16(c.values[s], c.values[s + 1]);
  }

  /// Four lanes hold two rows in pairs of neighbours. They transpose the 4 x 4 pairs in two exchanges, so
  /// that each has eight neighbours, to be added at once.
  template <class F>
  __device__ static void for_each_part(const Block& c, F f) {
    const bool odd = (this_lane() & 1) != 0;
    const bool high = (this_lane() & 2) != 0;
    const float* const v = c.values;
    const float low[4] = {odd ? v[4] : v[0], odd ? v[5] : v[1], odd ? v[6] : v[2], odd ? v[7] : v[3]};
    const float give[4] = {odd ? v[0] : v[4], odd ? v[1] : v[5], odd ? v[2] : v[6], odd ? v[3] : v[7]};
    float got[4];
    WARP2VEC_UNROLL
    for (int i = 0; i < 4; ++i) got[i] = exchange_lanes(give[i], 1);
    // Of the upper and of the lower row: four neighbours each.
    float rows[2][4];
    WARP2VEC_UNROLL
    for (int r = 0; r < 2; ++r) {
      WARP2VEC_UNROLL
      for (int i = 0; i < 2; ++i) {
        rows[r][i] = odd ? got[2 * r + i] : low[2 * r + i];
        rows[r][2 + i] = odd ? low[2 * r + i] : got[2 * r + i];
      }
    }
    float part[kPart];
    WARP2VEC_UNROLL
    for (int i = 0; i < 4; ++i) {
      const float kept = high ? rows[1][i] : rows[0][i];
      const float other = exchange_lanes(high ? rows[0][i] : rows[1][i], 2);
      part[i] = high ? other : kept;
      part[4 + i] = high ? kept : other;
    }
    f(part_row(this_lane()), part_half(this_lane()), part);
  }

  __device__ static void add(float* p, const float* part) {
    add_4(p, part);
    add_4(p + 4, part + 4);
  }
  __device__ static void add(Bf16* p, const float* part) {
    std::uint32_t pairs[kPart / 2];
    WARP2VEC_UNROLL
    for (int i = 0; i < kPart / 2; ++i) pairs[i] = pack_bf16(part[2 * i], part[2 * i + 1]);
    add_8(p, pairs);
  }

 private:
  // Where the lane's row of its 8 x 8 matrix begins, if the second matrix lies below the first or beside it.
  __device__ static std::int64_t rows_first(std::int64_t stride) {
    return (this_lane() % 16) * stride + this_lane() / 16 * 8;
  }
  __device__ static std::int64_t columns_first(std::int64_t stride) {
    return (this_lane() % 8 + this_lane() / 16 * 8) * stride + this_lane() / 8 % 2 * 8;
  }
};

}  // namespace warp2vec
