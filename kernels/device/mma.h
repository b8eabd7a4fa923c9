#pragma once
/// Fragments of 16 x 16 values, which a warp multiplies on tensor cores, and how their values are distributed
/// over its lanes.
///
/// A warp's `Mma` is DeviceMma (device_block.h) on a GPU and HostMma (host_mma.h) in plain loops:
///
///     A a = Mma::load_a(p, stride);             // a[m][k] = p[m * stride + k]
///     A a = Mma::load_a_transposed(p, stride);  // a[m][k] = p[k * stride + m]
///     B b = Mma::load_b(p, stride);             // b[k][n] = p[n * stride + k]
///     B b = Mma::load_b_transposed(p, stride);  // b[k][n] = p[k * stride + n]
///     Accumulator c = Mma::zero();
///     Mma::multiply_add(a, b, c);               // c += a b, products exact, sums in float
///     Mma::map(c, f);                           // c[r][k] = f(r, k, c[r][k])
///     Mma::sum(c, f);                           // of f(r, k, c[r][k]): a partial sum in each lane
///     Mma::store(p, stride, c);                 // p[r * stride + k] = c[r][k], rounded to nearest
///     Mma::for_each_vector(c, f);                 // f(r, half, v): v[0 .. 8) = c[r][8 * half ...]
///     Mma::add(p, v);                           // p[i] += v[i] for i < kVectorSize, atomically
///
/// a and b are bfloat16 in shared memory, with addresses and strides that are multiples of 16 bytes.

#include <warp2vec/types.h>

namespace warp2vec {

inline constexpr int kMmaSide = 16;
inline constexpr int kVectorSize = 8;     ///< half a row of a fragment
inline constexpr int kFragmentSlots = 8;  ///< values of a fragment per lane

/// Row and column of the value in a lane's slot.
WARP2VEC_HD constexpr int fragment_row(int lane, int slot) { return lane / 4 + 8 * ((slot >> 1) & 1); }
WARP2VEC_HD constexpr int fragment_column(int lane, int slot) {
  return lane % 4 * 2 + (slot & 1) + 8 * (slot >> 2);
}

/// Row and half of the vector that for_each_vector() gives to a lane.
WARP2VEC_HD constexpr int vector_row(int lane) { return lane / 4 + 8 * (lane % 4 / 2); }
WARP2VEC_HD constexpr int vector_half(int lane) { return lane % 2; }

}  // namespace warp2vec
