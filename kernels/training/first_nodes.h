#pragma once
/// A block's own copies of the tree's first nodes. They are in most paths: without copies all blocks would
/// add to the root in every tile of paths.

#include "kernels/device/scratch.h"
#include "kernels/device/warp.h"
#include "kernels/training/dense_tile.h"

#include <cstdint>

namespace warp2vec {

/// Copies of nodes [0, count), trained by the block alone between load() and merge(). Steps are the work of
/// warp `index` of `warps`; a warp has its own rows.
struct FirstNodes {
  MatrixView<float> nodes;  ///< the shared ones
  std::int32_t room;        ///< rows
  float* values;            ///< [room] rows of nodes.stride values ...
  float* loaded;            ///< ... and what they were

  WARP2VEC_HD static FirstNodes take(Scratch& scratch, const MatrixView<float>& nodes, std::int32_t room) {
    FirstNodes first{nodes, room, nullptr, nullptr};
    first.values = scratch.take<float>(room * nodes.stride);
    first.loaded = scratch.take<float>(room * nodes.stride);
    return first;
  }

  WARP2VEC_HD std::int32_t count() const {
    return room < nodes.rows ? room : static_cast<std::int32_t>(nodes.rows);
  }

  template <class Warp>
  WARP2VEC_HD void load(Warp& warp, int index, int warps) const {
    for (std::int32_t n = index; n < count(); n += warps) {
      for (std::int64_t d = 0; d < nodes.stride; d += kLanes) {
        const int lanes = lanes_in<false>(d, nodes.stride);
        const auto value = warp.load_relaxed(nodes.row(std::int64_t{n}) + d, lanes);
        warp.store(values + n * nodes.stride + d, lanes, value);
        warp.store(loaded + n * nodes.stride + d, lanes, value);
      }
    }
  }

  /// Rounds the copies to the first targets of the tile, and zeros for rows without a node. After load() of
  /// the same warp, or move() and a barrier.
  template <class Warp>
  WARP2VEC_HD void show(Warp& warp, int index, int warps, const DenseTile& tile) const {
    for (std::int32_t n = index; n < room; n += warps) {
      Bf16* const row = tile.targets(n);
      const float* const from = values + n * nodes.stride;
      warp.strided(
          nodes.stride, [&](std::int64_t d) { row[d] = n < count() ? nearest_bf16(from[d]) : Bf16{0}; }, 0,
          1);
    }
  }

  /// Adds a part of a step, before it is scaled, to columns from d on.
  WARP2VEC_HD void move(std::int32_t n, std::int32_t d, float scale, const float* part) const {
    float* const to = values + n * nodes.stride + d;
    WARP2VEC_UNROLL
    for (int i = 0; i < kPart; ++i) to[i] += scale * part[i];
  }

  /// Adds what the copies have become to the shared nodes.
  template <class Warp>
  WARP2VEC_HD void merge(Warp& warp, int index, int warps) const {
    for (std::int32_t n = index; n < count(); n += warps) {
      const float* const now = values + n * nodes.stride;
      const float* const before = loaded + n * nodes.stride;
      warp.strided(
          nodes.stride / kPart,
          [&](std::int64_t p) {
            float change[kPart];
            bool changed = false;
            WARP2VEC_UNROLL
            for (int i = 0; i < kPart; ++i) {
              change[i] = now[p * kPart + i] - before[p * kPart + i];
              changed |= change[i] != 0.0F;
            }
            if (changed) Warp::Matrices::add(nodes.row(std::int64_t{n}) + p * kPart, change);
          },
          0, 1);
    }
  }
};

}  // namespace warp2vec
