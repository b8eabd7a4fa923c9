#pragma once
/// A thread's place in its warp, and the exchange of values in it.

#include "kernels/device/warp.h"

namespace warp2vec {

inline constexpr unsigned kAllLanes = 0xFFFFFFFFU;

__device__ inline int this_lane() { return static_cast<int>(threadIdx.x) % kLanes; }

/// The value of the lane whose number differs in the bits of `distance`.
__device__ inline float exchange_lanes(float value, int distance) {
  return __shfl_xor_sync(kAllLanes, value, distance);
}

}  // namespace warp2vec
