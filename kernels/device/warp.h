#pragma once
/// The interface that kernel bodies are written against, and functions that need nothing else.
///
/// A *warp* runs 32 lanes; `Warp::Float` is one float per lane. A row is processed 32 columns at a time, lane
/// l on value l, so that a lane always touches the same values of any row. A *group* is one warp or all warps
/// of a block; it works in phases, each of which ends with a barrier:
///
///     group.for_each_warp([&](auto& warp, int index) { ... });    // warp number `index` of group.warps()
///     group.for_each(n, [&](int i) { ... });                  // i in [0, n), one lane each
///
/// DeviceBlock and DeviceWarp (device_block.h) implement this on a GPU, HostBlock and HostWarp (host_block.h)
/// in plain loops. Both round identically: multiply-adds are fused only where a body says fma().

#include <warp2vec/types.h>

#include <cstdint>

namespace warp2vec {

inline constexpr int kWarpSize = 32;

/// How many of the 32 values from `column` on belong to a row of `stride` values. `kWhole`: strides are
/// multiples of 32, which saves a comparison per access.
template <bool kWhole>
WARP2VEC_HD constexpr int lanes_in(std::int64_t column, std::int64_t stride) {
  return kWhole || stride - column >= kWarpSize ? kWarpSize : static_cast<int>(stride - column);
}

/// The sum of all lanes' values, in every lane: five shuffles.
template <class Warp>
WARP2VEC_HD typename Warp::Float warp_sum(const Warp& warp, typename Warp::Float value) {
  for (int distance = 1; distance < kWarpSize; distance *= 2)
    value = warp.plus(value, warp.shfl_xor(value, distance));
  return value;
}

/// The largest of all lanes' values, in every lane.
template <class Warp>
WARP2VEC_HD typename Warp::Float warp_max(const Warp& warp, typename Warp::Float value) {
  for (int distance = 1; distance < kWarpSize; distance *= 2)
    value = warp.max(value, warp.shfl_xor(value, distance));
  return value;
}

inline constexpr int kSums = 8;

/// Eight sums over lanes at once: lane l gets the sum of values[l % 8]. Nine shuffles instead of forty: in
/// each of the first three rounds a lane keeps one half of its values and passes on the other.
template <class Warp>
WARP2VEC_HD typename Warp::Float warp_sums(const Warp& warp, typename Warp::Float (&values)[kSums]) {
  int distance = 1;
  WARP2VEC_UNROLL
  for (int left = kSums / 2; left > 0; left /= 2) {
    WARP2VEC_UNROLL
    for (int i = 0; i < left; ++i) {
      // Of the pair (2 i, 2 i + 1), lanes with the bit `distance` keep the second.
      const auto kept = warp.select(distance, values[2 * i], values[2 * i + 1]);
      const auto given = warp.select(distance, values[2 * i + 1], values[2 * i]);
      values[i] = warp.plus(kept, warp.shfl_xor(given, distance));
    }
    distance *= 2;
  }
  for (; distance < kWarpSize; distance *= 2)
    values[0] = warp.plus(values[0], warp.shfl_xor(values[0], distance));
  return values[0];
}

}  // namespace warp2vec
