#pragma once
/// warp.h and mma.h on the device: what one thread does for its warp, and the block's warps. The tests have
/// the same in plain loops.

#include "kernels/device/mma.h"
#include "kernels/device/ptx.h"
#include "kernels/device/scratch.h"
#include "kernels/device/warp.h"

#include <cmath>
#include <concepts>
#include <cstdint>

namespace warp2vec {

inline constexpr unsigned kAllLanes = 0xFFFFFFFFU;

__device__ inline int this_lane() { return static_cast<int>(threadIdx.x) % kWarpSize; }

/// The value of lane (this lane ^ distance).
__device__ inline float shfl_xor_sync(float value, int distance) {
  return __shfl_xor_sync(kAllLanes, value, distance);
}

/// How a warp loads rows into shared memory, as bfloat16. `from(r)`: row r in global memory, or null for
/// zeros; `to(r)`: its destination; rows have `values` values, a multiple of 16. Warp `index` of `warps`
/// copies rows index, index + warps, ...; they are visible to other warps after the next barrier.
/// `meanwhile()` is called while copies are in flight.
class DeviceCopies {
 public:
  /// Bytes of `ring`, the block's staging buffer in shared memory, that copy_rows() needs for rows of Value.
  template <class Value>
  __host__ __device__ static constexpr std::int64_t staging_bytes(int warps) {
    return sizeof(Value) == sizeof(float) ? std::int64_t{warps} * kWarpSize * kAhead * kBytes : 0;
  }

  /// Floats are staged in a ring buffer. Each lane reads only what it has copied itself, so that it waits for
  /// no other. Four copies ahead keep 32 kB in flight with 16 warps; the memory's latency of some 700 cycles
  /// times a multiprocessor's share of its bandwidth, 15 bytes per cycle on an H100, is 10 kB.
  template <std::same_as<float> Value, class From, class To, class Meanwhile>
  __device__ static void copy_rows(unsigned char* ring, int index, int warps, std::int32_t rows,
                                   std::int32_t values, From from, To to, Meanwhile meanwhile) {
    constexpr int kFloats = kBytes / static_cast<int>(sizeof(float));
    auto* const own = reinterpret_cast<float4*>(ring) + threadIdx.x;
    const auto slot = [&](unsigned i) { return own + i * blockDim.x; };
    LaneCopies ahead(index, warps, rows, values, kFloats);
    LaneCopies here = ahead;
    const auto begin = [&]<bool kNarrow>(unsigned i) {
      if (!ahead.done()) {
        if (const float* const row = from(ahead.row); row != nullptr)
          start_copy_16(slot(i), row + ahead.column);
        else
          *slot(i) = {0, 0, 0, 0};
        ahead.template advance<kNarrow>();
      }
      commit_copy_group();
    };
    const auto begin_first = [&]<bool kNarrow>() {
      for (unsigned i = 0; i < kAhead; ++i) begin.template operator()<kNarrow>(i);
    };
    const auto finish = [&]<bool kNarrow>() {
      for (unsigned i = 0; !here.done(); here.template advance<kNarrow>(), i = (i + 1) % kAhead) {
        wait_for_copies<kAhead - 1>();
        const float4 v = *slot(i);
        *reinterpret_cast<uint2*>(to(here.row) + here.column) = {pack_bf16(v.x, v.y), pack_bf16(v.z, v.w)};
        begin.template operator()<kNarrow>(i);
      }
    };
    // Of the usual rows, up to 128 values, a lane makes one copy each: a fifth fewer instructions.
    const bool narrow = values <= kWarpSize * kFloats;
    narrow ? begin_first.template operator()<true>() : begin_first.template operator()<false>();
    meanwhile();
    narrow ? finish.template operator()<true>() : finish.template operator()<false>();
  }

  /// Bfloat16 is copied straight to its destination.
  template <std::same_as<Bf16> Value, class From, class To, class Meanwhile>
  __device__ static void copy_rows(unsigned char* /*ring*/, int index, int warps, std::int32_t rows,
                                   std::int32_t values, From from, To to, Meanwhile meanwhile) {
    for (LaneCopies copy(index, warps, rows, values, kBytes / static_cast<int>(sizeof(Bf16))); !copy.done();
         copy.advance<false>()) {
      Bf16* const place = to(copy.row) + copy.column;
      if (const Bf16* const row = from(copy.row); row != nullptr)
        start_copy_16(place, row + copy.column);
      else
        *reinterpret_cast<uint4*>(place) = {0, 0, 0, 0};
    }
    commit_copy_group();
    meanwhile();
    wait_for_copies<0>();
  }

  /// Rounds a row in shared memory to bfloat16.
  __device__ static void round_row(const float* from, Bf16* to, std::int32_t values) {
    for (std::int32_t column = 4 * this_lane(); column < values; column += 4 * kWarpSize) {
      const float4 v = *reinterpret_cast<const float4*>(from + column);
      *reinterpret_cast<uint2*>(to + column) = {pack_bf16(v.x, v.y), pack_bf16(v.z, v.w)};
    }
  }

  /// Prefetches a row into the L2 cache.
  __device__ static void prefetch(const void* row, std::int64_t bytes) {
    constexpr std::int64_t kLine = 128;
    for (std::int64_t b = 0; b < bytes; b += kLine) prefetch_to_l2(static_cast<const char*>(row) + b);
  }

 private:
  static constexpr int kBytes = 16;  // of a copy
  static constexpr unsigned kAhead = 4;

  /// The copies, of `size` values each, that one lane makes.
  struct LaneCopies {
    std::int32_t row;
    std::int32_t column;
    std::int32_t warps, rows, values, first, step;

    __device__ LaneCopies(int index, int warps_, std::int32_t rows_, std::int32_t values_, std::int32_t size)
        : row(index),
          column(this_lane() * size),
          warps(warps_),
          rows(rows_),
          values(values_),
          first(column),
          step(kWarpSize * size) {
      if (column >= values) row = rows;  // the row takes fewer copies than a warp has lanes
    }
    __device__ bool done() const { return row >= rows; }
    /// `kNarrow`: rows take one copy each.
    template <bool kNarrow>
    __device__ void advance() {
      column += step;
      if (!kNarrow && column < values) return;
      column = first;
      row += warps;
    }
  };
};

/// See mma.h. What one lane does.
class DeviceMma {
 public:
  struct A {
    std::uint32_t pairs[4];
  };
  struct B {
    std::uint32_t pairs[4];  // of two halves of eight columns
  };
  struct Accumulator {
    float values[kFragmentSlots];
  };

  __device__ static Accumulator zero() { return {}; }

  __device__ static A load_a(const Bf16* p, std::int32_t stride) {
    A a;
    load_matrices(a.pairs, p + rows_first(stride));
    return a;
  }
  __device__ static A load_a_transposed(const Bf16* p, std::int32_t stride) {
    A a;
    load_matrices_transposed(a.pairs, p + columns_first(stride));
    return a;
  }
  __device__ static B load_b(const Bf16* p, std::int32_t stride) {
    B b;
    load_matrices(b.pairs, p + columns_first(stride));
    return b;
  }
  __device__ static B load_b_transposed(const Bf16* p, std::int32_t stride) {
    B b;
    load_matrices_transposed(b.pairs, p + rows_first(stride));
    return b;
  }

  __device__ static A of_bits(const std::uint16_t* bits) {
    A a;
    WARP2VEC_UNROLL
    for (int p = 0; p < 4; ++p) {
      const std::uint32_t row = bits[fragment_row(this_lane(), 2 * p)];
      const std::uint32_t from_column = row >> fragment_column(this_lane(), 2 * p);
      a.pairs[p] = ones((from_column & 1U) | (from_column << 15 & 1U << 16));
    }
    return a;
  }
  __device__ static A of_bits_transposed(const std::uint16_t* bits) {
    A a;
    WARP2VEC_UNROLL
    for (int p = 0; p < 4; ++p) {
      const std::uint16_t* const column = bits + fragment_column(this_lane(), 2 * p);
      const std::uint32_t both = *reinterpret_cast<const std::uint32_t*>(column);
      a.pairs[p] = ones(both >> fragment_row(this_lane(), 2 * p) & (1U | 1U << 16));
    }
    return a;
  }

  __device__ static void multiply_add(const A& a, const B& b, Accumulator& c) {
    mma_16x8x16(c.values, a.pairs, b.pairs);
    mma_16x8x16(c.values + 4, a.pairs, b.pairs + 2);
  }

  template <class F>
  __device__ static void map(Accumulator& c, F f) {
    WARP2VEC_UNROLL
    for (int s = 0; s < kFragmentSlots; ++s)
      c.values[s] = f(fragment_row(this_lane(), s), fragment_column(this_lane(), s), c.values[s]);
  }
  template <class F>
  __device__ static float sum(const Accumulator& c, F f) {
    float total = 0;
    WARP2VEC_UNROLL
    for (int s = 0; s < kFragmentSlots; ++s)
      total += f(fragment_row(this_lane(), s), fragment_column(this_lane(), s), c.values[s]);
    return total;
  }

  __device__ static void store(Bf16* p, std::int32_t stride, const Accumulator& c) {
    WARP2VEC_UNROLL
    for (int s = 0; s < kFragmentSlots; s += 2)
      *reinterpret_cast<std::uint32_t*>(p + fragment_row(this_lane(), s) * stride +
                                        fragment_column(this_lane(), s)) =
          pack_bf16(c.values[s], c.values[s + 1]);
  }

  template <class F>
  __device__ static void for_each_vector(const Accumulator& c, const Accumulator& d, F f) {
    float of_c[kVectorSize];
    float of_d[kVectorSize];
    exchange(c, of_c);
    exchange(d, of_d);
    f(vector_row(this_lane()), first_vector_column(this_lane()), of_c, of_d);
  }

  __device__ static void add(float* p, const float* vector) {
    add_4(p, vector);
    add_4(p + vector_column(4), vector + 4);
  }
  __device__ static void add(Bf16* p, const float* vector) {
    std::uint32_t pairs[kVectorSize / 2];
    WARP2VEC_UNROLL
    for (int i = 0; i < kVectorSize / 2; ++i) pairs[i] = pack_bf16(vector[2 * i], vector[2 * i + 1]);
    add_4(p, pairs);
    add_4(p + vector_column(4), pairs + 2);
  }

 private:
  // Two neighbouring lanes hold four adjacent columns of an upper and of a lower row, twice. They exchange
  // them, so that each lane has four adjacent values, twice, to be added at once: with the lanes two
  // further, which have the four columns beside them, an instruction of the warp adds to 16 whole sectors of
  // 32 bytes.
  __device__ static void exchange(const Accumulator& c, float (&vector)[kVectorSize]) {
    const bool odd = (this_lane() & 1) != 0;
    WARP2VEC_UNROLL
    for (int half = 0; half < 2; ++half) {
      const float* const v = c.values + 4 * half;
      WARP2VEC_UNROLL
      for (int i = 0; i < 2; ++i) {
        const float kept = odd ? v[2 + i] : v[i];
        const float received = shfl_xor_sync(odd ? v[i] : v[2 + i], 1);
        vector[4 * half + i] = odd ? received : kept;
        vector[4 * half + 2 + i] = odd ? kept : received;
      }
    }
  }

  // 1 in bfloat16 for each half that is 1.
  __device__ static std::uint32_t ones(std::uint32_t halves) { return halves * 0x3F80U; }

  // Offset of the lane's row of its 8 x 8 matrix, if the second matrix lies below the first, or beside it.
  __device__ static std::int32_t rows_first(std::int32_t stride) {
    return (this_lane() % 16) * stride + this_lane() / 16 * 8;
  }
  __device__ static std::int32_t columns_first(std::int32_t stride) {
    return (this_lane() % 8 + this_lane() / 16 * 8) * stride + this_lane() / 8 % 2 * 8;
  }
};

/// See warp.h. What one lane does.
class DeviceWarp : public DeviceCopies {
 public:
  using Float = float;
  using Mma = DeviceMma;

  __device__ static float zero() { return 0.0F; }
  template <class F>
  __device__ static float lanes(F f) {
    return f(this_lane());
  }
  __device__ static float plus(float a, float b) { return a + b; }
  __device__ static float max(float a, float b) { return a < b ? b : a; }
  __device__ static float times(float a, float b) { return a * b; }
  __device__ static float fma(float a, float b, float c) { return fmaf(a, b, c); }
  template <class F>
  __device__ static float map(F f, float a) {
    return f(a);
  }
  template <class F>
  __device__ static float map(F f, float a, float b) {
    return f(a, b);
  }
  __device__ static float shfl_xor(float a, int distance) { return shfl_xor_sync(a, distance); }
  __device__ static float select(int bit, float without, float with) {
    return (this_lane() & bit) != 0 ? with : without;
  }

  __device__ static float load(const float* p, int count, float otherwise = 0) {
    return this_lane() < count ? p[this_lane()] : otherwise;
  }
  /// For rows that other blocks may update concurrently: reads from the L2 cache, where their additions
  /// arrive, since the L1 cache might keep a hot row's old values for long.
  __device__ static float load_relaxed(const float* p, int count) {
    return this_lane() < count ? __ldcg(p + this_lane()) : 0.0F;
  }
  __device__ static void store(float* p, int count, float v) {
    if (this_lane() < count) p[this_lane()] = v;
  }
  __device__ static void add(float* p, int count, float v) {
    if (this_lane() < count) atomicAdd(p + this_lane(), v);
  }
  /// Bit l: whether f(l).
  template <class F>
  __device__ static std::uint32_t ballot(F f) {
    return __ballot_sync(kAllLanes, f(this_lane()) ? 1 : 0);
  }
  /// Each lane for itself.
  __device__ static void count(std::uint32_t* p, std::uint32_t n) { atomicAdd(p, n); }
  __device__ static float first(float v) { return v; }  // for sums, which every lane has

  template <class F>
  __device__ static void strided(std::int64_t count, F f, int index, int warps) {
    // In 32 bits, which are enough for the words of a vocabulary, and half as many instructions.
    for (std::int32_t i = index * kWarpSize + this_lane(); i < static_cast<std::int32_t>(count);
         i += warps * kWarpSize)
      f(std::int64_t{i});
  }
  template <class F>
  __device__ static void lane_0(F f) {
    if (this_lane() == 0) f();
  }

  __device__ static int warps() { return 1; }
  template <class F>
  __device__ void for_each_warp(F f) {
    f(*this, 0);
    __syncwarp(kAllLanes);
  }
  template <class F>
  __device__ void for_each(std::int64_t n, F f) {
    strided(n, f, 0, 1);
    __syncwarp(kAllLanes);
  }
};

/// See warp.h. Blocks are one-dimensional and of whole warps.
class DeviceBlock {
 public:
  using Warp = DeviceWarp;

  __device__ static int index() { return static_cast<int>(blockIdx.x); }
  __device__ static int count() { return static_cast<int>(gridDim.x); }
  __device__ static int warps() { return static_cast<int>(blockDim.x) / kWarpSize; }

  template <class F>
  __device__ static void for_each_warp(F f) {
    DeviceWarp warp;
    f(warp, static_cast<int>(threadIdx.x) / kWarpSize);
    __syncthreads();
  }
  template <class F>
  __device__ static void for_each(std::int64_t n, F f) {
    for_each_warp([&](DeviceWarp& warp, int index) { warp.strided(n, f, index, warps()); });
  }
};

}  // namespace warp2vec
