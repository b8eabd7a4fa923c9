#pragma once
/// The device's side of warp.h.

#include "kernels/device/device_copies.h"
#include "kernels/device/device_matrices.h"
#include "kernels/device/this_lane.h"
#include "kernels/device/warp.h"

#include <cmath>
#include <cstdint>

namespace warp2vec {

/// See warp.h. What one lane does.
class DeviceWarp : public DeviceCopies {
 public:
  using Float = float;
  using Matrices = DeviceMatrices;

  __device__ static float zero() { return 0.0F; }
  template <class F>
  __device__ static float lanes(F f) {
    return f(this_lane());
  }
  __device__ static float plus(float a, float b) { return a + b; }
  __device__ static float larger(float a, float b) { return a < b ? b : a; }
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
  __device__ static float exchange(float a, int distance) { return exchange_lanes(a, distance); }
  __device__ static float choose(int bit, float without, float with) {
    return (this_lane() & bit) != 0 ? with : without;
  }

  __device__ static float load(const float* p, int count, float otherwise = 0) {
    return this_lane() < count ? p[this_lane()] : otherwise;
  }
  /// Of rows that other blocks may change at the same time: read where their additions arrive, in the L2
  /// cache, since the L1 cache might show a hot row's old values for long.
  __device__ static float load_relaxed(const float* p, int count) {
    return this_lane() < count ? __ldcg(p + this_lane()) : 0.0F;
  }
  __device__ static void store(float* p, int count, float v) {
    if (this_lane() < count) p[this_lane()] = v;
  }
  __device__ static void add(float* p, int count, float v) {
    if (this_lane() < count) atomicAdd(p + this_lane(), v);
  }
  /// Of each lane for itself.
  __device__ static void count(std::uint32_t* p, std::uint32_t n) { atomicAdd(p, n); }
  __device__ static float first(float v) { return v; }  // for sums, which are in every lane

  template <class F>
  __device__ static void strided(std::int64_t count, F f, int index, int warps) {
    for (std::int64_t i = std::int64_t{index} * kLanes + this_lane(); i < count;
         i += std::int64_t{warps} * kLanes)
      f(i);
  }
  template <class F>
  __device__ static void once(F f) {
    if (this_lane() == 0) f();
  }

  __device__ static int warps() { return 1; }
  template <class F>
  __device__ void each_warp(F f) {
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
  __device__ static int warps() { return static_cast<int>(blockDim.x) / kLanes; }

  template <class F>
  __device__ static void each_warp(F f) {
    DeviceWarp warp;
    f(warp, static_cast<int>(threadIdx.x) / kLanes);
    __syncthreads();
  }
  template <class F>
  __device__ static void for_each(std::int64_t n, F f) {
    each_warp([&](DeviceWarp& warp, int index) { warp.strided(n, f, index, warps()); });
  }
};

}  // namespace warp2vec
