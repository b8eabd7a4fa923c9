#pragma once
/// How a warp copies rows of matrices to shared memory, as bfloat16: on a GPU.

#include "kernels/device/async_copy.h"
#include "kernels/device/matrix_instructions.h"
#include "kernels/device/this_lane.h"

#include <concepts>
#include <cstdint>

namespace warp2vec {

/// Part of a warp. `from(r)`: row r in global memory, or null, which gives zeros; `to(r)`: where it goes;
/// rows of `values` values, a multiple of 16. Warp `index` of `warps` takes rows index, index + warps, ...;
/// what it has copied is there for others after the next barrier. `meanwhile()` is called while copies are on
/// their way.
class DeviceCopies {
 public:
  /// Bytes of `ring`, shared memory of the block that copy_rows() needs for rows of Value.
  template <class Value>
  __host__ __device__ static constexpr std::int64_t copying_bytes(int warps) {
    return sizeof(Value) == sizeof(float) ? std::int64_t{warps} * kLanes * kAhead * kBytes : 0;
  }

  /// Floats go through a ring, in which each lane meets only what it has itself asked for, so that it waits
  /// for nobody. Four pieces ahead keep 32 kB on their way with 16 warps; the memory's latency of some 700
  /// cycles times a multiprocessor's share of its bandwidth, 15 bytes a cycle on an H100, is 10 kB.
  template <std::same_as<float> Value, class From, class To, class Meanwhile>
  __device__ static void copy_rows(unsigned char* ring, int index, int warps, std::int32_t rows,
                                   std::int32_t values, From from, To to, Meanwhile meanwhile) {
    constexpr int kFloats = kBytes / static_cast<int>(sizeof(float));
    auto* const own = reinterpret_cast<float4*>(ring) + threadIdx.x;
    const auto slot = [&](int i) { return own + i * static_cast<int>(blockDim.x); };
    Pieces ahead(index, warps, rows, values, kFloats);
    Pieces here = ahead;
    const auto begin = [&](int i) {
      if (!ahead.done()) {
        if (const float* const row = from(ahead.row); row != nullptr)
          begin_copy_16(slot(i), row + ahead.column);
        ahead.advance();
      }
      end_copy_group();
    };
    for (int i = 0; i < kAhead; ++i) begin(i);
    meanwhile();
    for (int i = 0; !here.done(); here.advance(), i = (i + 1) % kAhead) {
      wait_for_copies<kAhead - 1>();
      uint2 packed{0, 0};
      if (from(here.row) != nullptr) {
        const float4 v = *slot(i);
        packed = {pack_bf16(v.x, v.y), pack_bf16(v.z, v.w)};
      }
      *reinterpret_cast<uint2*>(to(here.row) + here.column) = packed;
      begin(i);
    }
  }

  /// Bfloat16 is copied to its place.
  template <std::same_as<Bf16> Value, class From, class To, class Meanwhile>
  __device__ static void copy_rows(unsigned char* /*ring*/, int index, int warps, std::int32_t rows,
                                   std::int32_t values, From from, To to, Meanwhile meanwhile) {
    for (Pieces piece(index, warps, rows, values, kBytes / static_cast<int>(sizeof(Bf16))); !piece.done();
         piece.advance()) {
      Bf16* const place = to(piece.row) + piece.column;
      if (const Bf16* const row = from(piece.row); row != nullptr)
        begin_copy_16(place, row + piece.column);
      else
        *reinterpret_cast<uint4*>(place) = {0, 0, 0, 0};
    }
    end_copy_group();
    meanwhile();
    wait_for_copies<0>();
  }

  /// Asks for a row to be brought to the L2 cache.
  __device__ static void prefetch(const void* row, std::int64_t bytes) {
    constexpr std::int64_t kLine = 128;
    for (std::int64_t b = 0; b < bytes; b += kLine) prefetch_to_l2(static_cast<const char*>(row) + b);
  }

 private:
  static constexpr int kBytes = 16;  // of a piece
  static constexpr int kAhead = 4;

  /// The pieces of `size` values that one lane copies.
  struct Pieces {
    std::int32_t row;
    std::int32_t column;
    std::int32_t warps, rows, values, first, step;

    __device__ Pieces(int index, int warps_, std::int32_t rows_, std::int32_t values_, std::int32_t size)
        : row(index),
          column(this_lane() * size),
          warps(warps_),
          rows(rows_),
          values(values_),
          first(column),
          step(kLanes * size) {
      if (column >= values) row = rows;  // the row has fewer pieces than a warp has lanes
    }
    __device__ bool done() const { return row >= rows; }
    __device__ void advance() {
      column += step;
      if (column < values) return;
      column = first;
      row += warps;
    }
  };
};

}  // namespace warp2vec
