#pragma once
/// Blocks of 16 x 16 values, which a warp multiplies on tensor cores: how their values lie in its lanes.
///
/// A warp's `Matrices` are DeviceMatrices (device_block.h) on a GPU and HostMatrices (host_matrices.h) in
/// plain loops:
///
///     A a = Matrices::load_a(p, stride);             // a[m][k] = p[m * stride + k]
///     A a = Matrices::load_a_transposed(p, stride);  // a[m][k] = p[k * stride + m]
///     B b = Matrices::load_b(p, stride);             // b[k][n] = p[n * stride + k]
///     B b = Matrices::load_b_transposed(p, stride);  // b[k][n] = p[k * stride + n]
///     Block c = Matrices::zero();
///     Matrices::multiply_add(a, b, c);               // c += a b, products exact, sums in float
///     Matrices::map(c, f);                           // c[r][k] = f(r, k, c[r][k])
///     Matrices::sum(c, f);                           // of f(r, k, c[r][k]): a part in each lane
///     Matrices::store(p, stride, c);                 // p[r * stride + k] = c[r][k], rounded to the nearest
///     Matrices::for_each_part(c, f);                 // f(r, half, v): v[0 .. 8) = c[r][8 * half ...]
///     Matrices::add(p, v);                           // *p += v of a part, atomically
///
/// a and b are bfloat16 in shared memory, with addresses and strides that are multiples of 16 bytes.

#include <warp2vec/types.h>

namespace warp2vec {

inline constexpr int kBlockSide = 16;
inline constexpr int kPart = 8;        ///< values of a part: half a row of a block
inline constexpr int kBlockSlots = 8;  ///< values of a block that a lane holds

/// Row and column of the value in a lane's slot.
WARP2VEC_HD constexpr int block_row(int lane, int slot) { return lane / 4 + 8 * ((slot >> 1) & 1); }
WARP2VEC_HD constexpr int block_column(int lane, int slot) {
  return lane % 4 * 2 + (slot & 1) + 8 * (slot >> 2);
}

/// Row and half of the part that a lane is given by for_each_part().
WARP2VEC_HD constexpr int part_row(int lane) { return lane / 4 + 8 * (lane % 4 / 2); }
WARP2VEC_HD constexpr int part_half(int lane) { return lane % 2; }

}  // namespace warp2vec
