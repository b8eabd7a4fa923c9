#pragma once
/// The update rule, written once for every backend.
///
/// A context row x and a target row y (an output row, or an inner node of the Huffman tree) meet with a
/// weight w: positive if they belong together, negative if not, 0 if they do not meet. With the score s = x .
/// y and t = sign(w) s, their loss is
///     L = |w| softplus(-t) = -|w| log sigmoid(t)
/// and the descent direction on the score is g = -dL/ds = w sigmoid(-t); x is updated by lr * g * y and y by
/// lr * g * x. Negative sampling (T. Mikolov et al. 2013, eq. 4) gives w = 1 to a context and its centre's
/// row and w = -1 to each of K negatives; hierarchical softmax gives w = 1 to the nodes where the centre's
/// path turns left and w = -1 where it turns right.

#include <warp2vec/detail/numerics.h>
#include <warp2vec/types.h>

#include <cstdint>

namespace warp2vec {

template <class Real>
WARP2VEC_HD inline Real score_gradient(Real score, Real weight) {
  return weight * sigmoid(weight > Real(0) ? -score : score);
}

template <class Real>
WARP2VEC_HD inline Real score_loss(Real score, Real weight) {
  return weight > Real(0) ? weight * softplus(-score) : -weight * softplus(score);
}

/// Hierarchical softmax, of a context and an inner node where the paths of `left` of its centres turn left
/// and those of `right` of them turn right: the sums of score_gradient() and of score_loss() over these.
template <class Real>
WARP2VEC_HD inline Real turns_gradient(Real score, Real left, Real right) {
  return left - (left + right) * sigmoid(score);
}

template <class Real>
WARP2VEC_HD inline Real turns_loss(Real score, Real left, Real right) {
  return left * softplus(-score) + right * softplus(score);
}

/// Sharing::tile: the size of the weight of each of M negatives for a context with `pairs` positive pairs in
/// the tile, so that the expected gradient is that of K fresh negatives for each pair.
WARP2VEC_HD constexpr float tile_negative_weight(std::int32_t pairs, std::int32_t negatives,
                                                 std::int32_t tile_negatives) {
  return static_cast<float>(pairs) * static_cast<float>(negatives) / static_cast<float>(tile_negatives);
}

/// Damping. A row whose gradients of n pairs are all computed from the same values takes a step that is
/// stable while lr * n * g * sigma' * |x|^2 < 2, with g the gradients that a pair gives it: its step is
/// divided by kappa * lr * g * n where that is above 1, but by no more than n: the step of one pair, which
/// training one pair at a time would take, too. kappa is measured (benchmarks/README.md, "Damping"): higher
/// values cost quality with wide windows and many negatives, lower ones diverge on texts that repeat few
/// words.
inline constexpr float kNegativeKappa = 0.2F;  ///< negative sampling: most negatives hardly change a row
inline constexpr float kPathKappa = 0.5F;  ///< hierarchical softmax, and output rows under Sharing::window

/// The damping of one matrix's rows. Trivially copyable.
struct HotView {
  float load_per_pair = 0;  ///< kappa * g
  /// Of rows [0, size), the pairs that are expected to be trained elsewhere at the same time; of the others
  /// there are too few to matter.
  const float* pairs_elsewhere = nullptr;
  std::int64_t size = 0;

  /// What the step of a row that takes part in `pairs` pairs is multiplied by, in (0, 1].
  WARP2VEC_HD constexpr float factor(std::int64_t row, float pairs, float lr) const {
    const float per_pair = load_per_pair * lr < 1.0F ? load_per_pair * lr : 1.0F;
    const float load = per_pair * (row < size ? pairs + pairs_elsewhere[row] : pairs);
    return load > 1.0F ? 1.0F / load : 1.0F;
  }
};

}  // namespace warp2vec
