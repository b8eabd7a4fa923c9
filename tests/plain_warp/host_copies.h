#pragma once
/// DeviceCopies on the host: how a warp loads rows into a block's memory, as bfloat16, in plain loops.

#include <warp2vec/detail/bf16.h>

#include <cstdint>

namespace warp2vec {

class HostCopies {
 public:
  template <class Value>
  static constexpr std::int64_t staging_bytes(int /*warps*/) {
    return 0;
  }

  template <class Value, class From, class To, class Meanwhile>
  static void copy_rows(unsigned char* /*ring*/, int index, int warps, std::int32_t rows, std::int32_t values,
                        From from, To to, Meanwhile meanwhile) {
    meanwhile();
    for (std::int32_t r = index; r < rows; r += warps) {
      const Value* const row = from(r);
      Bf16* const place = to(r);
      for (std::int32_t d = 0; d < values; ++d) place[d] = row != nullptr ? rounded(row[d]) : Bf16{0};
    }
  }

  static void round_row(const float* from, Bf16* to, std::int32_t values) {
    for (std::int32_t d = 0; d < values; ++d) to[d] = nearest_bf16(from[d]);
  }

  static void prefetch(const void* /*row*/, std::int64_t /*bytes*/) {}

 private:
  static Bf16 rounded(float value) { return nearest_bf16(value); }
  static Bf16 rounded(Bf16 value) { return value; }
};

}  // namespace warp2vec
