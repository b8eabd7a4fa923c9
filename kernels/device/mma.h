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
///     A a = Mma::of_bits(b);                    // a[m][k] = bit k of b[m], 0 or 1
///     A a = Mma::of_bits_transposed(b);         // a[m][k] = bit m of b[k]
///     Accumulator c = Mma::zero();
///     Mma::multiply_add(a, b, c);               // c += a b, products exact, sums in float
///     Mma::map(c, f);                           // c[r][k] = f(r, k, c[r][k])
///     Mma::sum(c, f);                           // of f(r, k, c[r][k]): a partial sum in each lane
///     Mma::store(p, stride, c);                 // p[r * stride + k] = c[r][k], rounded to nearest
///     Mma::for_each_vector(c, d, f);            // f(r, k, v, w): v[i] = c[r][k + vector_column(i)], w of d
///     Mma::add(p, v);                           // p[vector_column(i)] += v[i], atomically
///
/// a and b are bfloat16 in shared memory, with addresses and strides that are multiples of 16 bytes; bits are
/// 16 numbers of 16 bits, whose address is a multiple of 4 bytes.

#include <warp2vec/types.h>

namespace warp2vec {

inline constexpr int kMmaSide = 16;
inline constexpr int kVectorSize = 8;  ///< half a row of a fragment: columns 0 to 3 and 8 to 11, or 4 further
inline constexpr int kFragmentSlots = 8;  ///< values of a fragment per lane

/// Row and column of the value in a lane's slot.
WARP2VEC_HD constexpr int fragment_row(int lane, int slot) { return lane / 4 + 8 * ((slot >> 1) & 1); }
WARP2VEC_HD constexpr int fragment_column(int lane, int slot) {
  return lane % 4 * 2 + (slot & 1) + 8 * (slot >> 2);
}

/// Row and first column of the vector that for_each_vector() gives to a lane, and where its values are from
/// there.
WARP2VEC_HD constexpr int vector_row(int lane) { return lane / 4 + 8 * (lane % 2); }
WARP2VEC_HD constexpr int first_vector_column(int lane) { return lane % 4 / 2 * 4; }
WARP2VEC_HD constexpr int vector_column(int i) { return i + i / 4 * 4; }

}  // namespace warp2vec
