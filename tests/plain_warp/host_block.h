#pragma once
/// warp.h on the host: runs kernel bodies in plain loops over lanes and warps, in their natural order.

#include "kernels/device/warp.h"
#include "tests/plain_warp/host_copies.h"
#include "tests/plain_warp/host_mma.h"

#include <array>
#include <cmath>
#include <cstdint>

namespace warp2vec {

/// See warp.h. Runs the lanes of one warp one after the other.
class HostWarp : public HostCopies {
 public:
  using Float = std::array<float, kWarpSize>;
  using Mma = HostMma;

  static Float zero() { return {}; }
  template <class F>
  static Float lanes(F f) {
    return each([&](std::size_t l) { return f(static_cast<int>(l)); });
  }
  static Float plus(const Float& a, const Float& b) {
    return each([&](std::size_t l) { return a[l] + b[l]; });
  }
  static Float max(const Float& a, const Float& b) {
    return each([&](std::size_t l) { return a[l] < b[l] ? b[l] : a[l]; });
  }
  static Float times(float a, const Float& b) {
    return each([&](std::size_t l) { return a * b[l]; });
  }
  static Float fma(const Float& a, const Float& b, const Float& c) {
    return each([&](std::size_t l) { return std::fma(a[l], b[l], c[l]); });
  }
  static Float fma(float a, const Float& b, const Float& c) {
    return each([&](std::size_t l) { return std::fma(a, b[l], c[l]); });
  }
  template <class F>
  static Float map(F f, const Float& a) {
    return each([&](std::size_t l) { return f(a[l]); });
  }
  template <class F>
  static Float map(F f, const Float& a, const Float& b) {
    return each([&](std::size_t l) { return f(a[l], b[l]); });
  }
  static Float shfl_xor(const Float& a, int distance) {
    return each([&](std::size_t l) { return a[l ^ static_cast<std::size_t>(distance)]; });
  }
  static Float select(int bit, const Float& without, const Float& with) {
    return each(
        [&](std::size_t l) { return (l & static_cast<std::size_t>(bit)) != 0 ? with[l] : without[l]; });
  }

  static Float load(const float* p, int count, float otherwise = 0) {
    Float v;
    v.fill(otherwise);
    for (int l = 0; l < count; ++l) v[static_cast<std::size_t>(l)] = p[l];
    return v;
  }
  static Float load_relaxed(const float* p, int count) { return load(p, count); }
  static void store(float* p, int count, const Float& v) {
    for (int l = 0; l < count; ++l) p[l] = v[static_cast<std::size_t>(l)];
  }
  static void add(float* p, int count, const Float& v) {
    for (int l = 0; l < count; ++l) p[l] += v[static_cast<std::size_t>(l)];
  }
  template <class F>
  static std::uint32_t ballot(F f) {
    std::uint32_t bits = 0;
    for (int l = 0; l < kWarpSize; ++l) bits |= f(l) ? std::uint32_t{1} << l : 0U;
    return bits;
  }
  static void count(std::uint32_t* p, std::uint32_t n) { *p += n; }
  static float first(const Float& v) { return v[0]; }

  template <class F>
  static void strided(std::int64_t count, F f, int index, int warps) {
    for (std::int64_t begin = std::int64_t{index} * kWarpSize; begin < count;
         begin += std::int64_t{warps} * kWarpSize)
      for (std::int64_t i = begin; i < count && i < begin + kWarpSize; ++i) f(i);
  }
  template <class F>
  static void lane_0(F f) {
    f();
  }

  static int warps() { return 1; }
  template <class F>
  void for_each_warp(F f) {
    f(*this, 0);
  }
  template <class F>
  void for_each(std::int64_t n, F f) {
    strided(n, f, 0, 1);
  }

 private:
  template <class F>
  static Float each(F f) {
    Float v;
    for (std::size_t l = 0; l < kWarpSize; ++l) v[l] = f(l);
    return v;
  }
};

/// See warp.h. Block `index` of `count`, of `warps` warps.
class HostBlock {
 public:
  using Warp = HostWarp;

  HostBlock(int index, int count, int warps) : index_(index), count_(count), warps_(warps) {}

  int index() const { return index_; }
  int count() const { return count_; }
  int warps() const { return warps_; }

  template <class F>
  void for_each_warp(F f) {
    HostWarp warp;
    for (int w = 0; w < warps_; ++w) f(warp, w);
  }
  template <class F>
  void for_each(std::int64_t n, F f) {
    for_each_warp([&](HostWarp& warp, int index) { warp.strided(n, f, index, warps_); });
  }

 private:
  int index_;
  int count_;
  int warps_;
};

}  // namespace warp2vec
