#pragma once
/// The full softmax of one prediction: log_softmax() and train_softmax() of
/// host/reference/reference.h, without the products.

#include <warp2vec/types.h>

#include "kernels/device/warp.h"

#include <cmath>
#include <cstdint>

namespace warp2vec {

/// Replaces the scores s of all `words` output rows by lr times their gradients, lr (1[w = centre] - P(w)),
/// P(w) = exp(s_w) / sum of all exp(s_v), and adds the loss -log P(centre), in nats, to `loss`. `partial`:
/// scratch memory of two values per warp.
template <class Block>
WARP2VEC_HD void softmax_row(Block& block, float* scores, std::int64_t words, std::int64_t centre, float lr,
                             double& loss, float* partial) {
  const int warps = block.warps();
  block.for_each_warp([&](auto& warp, int index) {
    auto highest = warp.load(scores, 0, -INFINITY);
    for (std::int64_t w = std::int64_t{index} * kWarpSize; w < words; w += std::int64_t{warps} * kWarpSize)
      highest = warp.max(highest, warp.load(scores + w, lanes_in<false>(w, words), -INFINITY));
    highest = warp_max(warp, highest);
    warp.lane_0([&] { partial[index] = warp.first(highest); });
  });
  float highest = -INFINITY;
  for (int w = 0; w < warps; ++w) highest = highest < partial[w] ? partial[w] : highest;
  block.for_each_warp([&](auto& warp, int index) {
    auto sum = warp.zero();
    for (std::int64_t w = std::int64_t{index} * kWarpSize; w < words; w += std::int64_t{warps} * kWarpSize) {
      const auto score = warp.load(scores + w, lanes_in<false>(w, words), -INFINITY);
      sum = warp.plus(sum, warp.map([&](float s) { return std::exp(s - highest); }, score));
    }
    sum = warp_sum(warp, sum);
    warp.lane_0([&] { partial[warps + index] = warp.first(sum); });
  });
  float sum = 0;
  for (int w = 0; w < warps; ++w) sum += partial[warps + w];
  const float log_sum = highest + std::log(sum);
  block.for_each(words, [&](std::int64_t w) {
    if (w == centre) loss += static_cast<double>(log_sum - scores[w]);
    scores[w] = lr * ((w == centre ? 1.0F : 0.0F) - std::exp(scores[w] - log_sum));
  });
}

}  // namespace warp2vec
