#pragma once
/// How workers share a batch, and the sums of loss and pairs that they add to.

#include <warp2vec/detail/examples.h>

#include "kernels/device/warp.h"

#include <cstdint>

namespace warp2vec {

/// The part of n pieces of work, in order, that falls to worker `index` of `count`.
WARP2VEC_HD constexpr KeptRange chunk_of(std::int64_t n, std::int64_t index, std::int64_t count) {
  return {n * index / count, n * (index + 1) / count};
}

/// Arrays of one element per warp of the grid, added to.
struct Totals {
  double* loss;              ///< nats, of the pairs whose loss was computed ...
  std::int64_t* loss_pairs;  ///< ... and how many these are
  std::int64_t* pairs;       ///< (context, centre) pairs trained

  /// Adds the sum over lanes of `loss`. `slot`: the warp's number in the grid.
  template <class Warp>
  WARP2VEC_HD void add_loss(Warp& warp, std::int64_t slot, const typename Warp::Float& loss_) const {
    const auto sum = warp_sum(warp, loss_);
    warp.lane_0([&] { loss[slot] += static_cast<double>(warp.first(sum)); });
  }
  /// Adds trained pairs; `measured`: their loss is in add_loss().
  template <class Warp>
  WARP2VEC_HD void add_pairs(Warp& warp, std::int64_t slot, std::int64_t number, bool measured) const {
    warp.lane_0([&] {
      pairs[slot] += number;
      if (measured) loss_pairs[slot] += number;
    });
  }
};

/// The loss of all pairs, from that of those that it was computed for.
inline double loss_of_all(double loss, std::int64_t loss_pairs, std::int64_t pairs) {
  return loss_pairs > 0 ? loss * (static_cast<double>(pairs) / static_cast<double>(loss_pairs)) : loss;
}

}  // namespace warp2vec
