#pragma once
/// How blocks divide a batch, and the sums of loss and pairs that their warps accumulate.

#include <warp2vec/detail/examples.h>

#include "kernels/device/warp.h"

#include <cstdint>

namespace warp2vec {

/// The consecutive share of n work items that falls to worker `index` of `count`.
WARP2VEC_HD constexpr KeptRange chunk_of(std::int64_t n, std::int64_t index, std::int64_t count) {
  return {n * index / count, n * (index + 1) / count};
}

/// Accumulators, one element per warp of the grid.
struct Totals {
  double* loss;              ///< nats, of the pairs whose loss was sampled ...
  std::int64_t* loss_pairs;  ///< ... and their number
  std::int64_t* pairs;       ///< predictions made: see Trained::pairs

  /// Adds the sum over lanes of `loss`. `slot`: the warp's number in the grid.
  template <class Warp>
  WARP2VEC_HD void add_loss(Warp& warp, std::int64_t slot, const typename Warp::Float& loss_) const {
    const auto sum = warp_sum(warp, loss_);
    warp.lane_0([&] { loss[slot] += static_cast<double>(warp.first(sum)); });
  }
  /// Adds trained pairs; `loss_sampled`: their loss goes to add_loss().
  template <class Warp>
  WARP2VEC_HD void add_pairs(Warp& warp, std::int64_t slot, std::int64_t number, bool loss_sampled) const {
    warp.lane_0([&] {
      pairs[slot] += number;
      if (loss_sampled) loss_pairs[slot] += number;
    });
  }
};

/// Extrapolates the sampled loss to all pairs.
inline double loss_of_all(double loss, std::int64_t loss_pairs, std::int64_t pairs) {
  return loss_pairs > 0 ? loss * (static_cast<double>(pairs) / static_cast<double>(loss_pairs)) : loss;
}

}  // namespace warp2vec
