#pragma once
/// The update rule, shared by all backends.
///
/// A context row x and a target row y (an output row, or an inner node of the Huffman tree) interact with a
/// weight w: positive for a positive pair, negative for a negative one, 0 for none. With the score s = x . y
/// and t = sign(w) s, the loss is
///     L = |w| softplus(-t) = -|w| log sigmoid(t)
/// and the gradient g = -dL/ds = w sigmoid(-t); x is updated by lr * g * y and y by lr * g * x. Negative
/// sampling (T. Mikolov et al. 2013, eq. 4) gives w = 1 to a context and its centre's row and w = -1 to each
/// of K negatives; hierarchical softmax gives w = 1 to the nodes where the centre's path turns left and w =
/// -1 where it turns right.

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

/// Hierarchical softmax: the sums of score_gradient() and of score_loss() over a context's centres at an
/// inner node, where the paths of `left` of them turn left and those of `right` turn right. `sigmoid_of`:
/// sigmoid(), or an approximation of it.
template <class Real, class Sigmoid>
WARP2VEC_HD inline Real turns_gradient_by(Sigmoid sigmoid_of, Real score, Real left, Real right) {
  return left - (left + right) * sigmoid_of(score);
}

template <class Real>
WARP2VEC_HD inline Real turns_gradient(Real score, Real left, Real right) {
  return turns_gradient_by([](Real x) { return sigmoid(x); }, score, left, right);
}

template <class Real>
WARP2VEC_HD inline Real turns_loss(Real score, Real left, Real right) {
  return left * softplus(-score) + right * softplus(score);
}

/// Sharing::tile: magnitude of the weight of each of M negatives for a context with `pairs` positive pairs in
/// the tile, such that the expected gradient is that of K fresh negatives per pair.
WARP2VEC_HD constexpr float tile_negative_weight(std::int32_t pairs, std::int32_t negatives,
                                                 std::int32_t tile_negatives) {
  return static_cast<float>(pairs) * static_cast<float>(negatives) / static_cast<float>(tile_negatives);
}

/// CBOW: how a window of n >= 1 contexts makes its hidden vector h, and what they get of dL/dh; see
/// host/reference/cbow.h.
struct CbowRule {
  bool sum = false;    ///< Config::cbow_sum
  bool exact = false;  ///< CbowGradient::exact

  /// A context's weight in h: 1 / n, or 1 for a sum.
  WARP2VEC_HD constexpr float weight(std::int32_t contexts) const {
    return sum ? 1.0F : 1.0F / static_cast<float>(contexts);
  }
  /// What each of them gets of dL/dh.
  WARP2VEC_HD constexpr float gradient_weight(std::int32_t contexts) const {
    return exact ? weight(contexts) : 1.0F;
  }
  /// The number of pairs, in the sense of damping, that a window adds to each of its contexts. All of them
  /// are updated at once, and move h by this number times the update of one pair.
  WARP2VEC_HD constexpr float pairs(std::int32_t contexts) const {
    return static_cast<float>(contexts) * weight(contexts) * gradient_weight(contexts);
  }
};

/// Damping. If the gradients of a row's n pairs, g per pair, are all computed from the same values, its
/// update is stable while lr * n * g * sigma' * |x|^2 < 2. The update is therefore divided by kappa * lr * g
/// * n where that is above 1, but by no more than n: what remains is the update of one pair. kappa was found
/// by measurement (benchmarks/README.md, "Damping"): higher values cost quality with wide windows and many
/// negatives, lower ones diverge on texts that repeat few words.
inline constexpr float kNegativeKappa = 0.2F;  ///< negative sampling: most negatives hardly change a row
inline constexpr float kPathKappa = 0.5F;  ///< hierarchical softmax, and output rows under Sharing::window

/// The damping of one matrix's rows. Trivially copyable.
struct HotView {
  float load_per_pair = 0;  ///< kappa * g
  /// For rows [0, size), the expected number of pairs that others train at the same time; for the remaining
  /// rows it is negligible.
  const float* pairs_elsewhere = nullptr;
  std::int64_t size = 0;

  /// Factor in (0, 1] for the update of a row that is in `pairs` pairs.
  WARP2VEC_HD constexpr float factor(std::int64_t row, float pairs, float lr) const {
    const float per_pair = load_per_pair * lr < 1.0F ? load_per_pair * lr : 1.0F;
    const float load = per_pair * (row < size ? pairs + pairs_elsewhere[row] : pairs);
    return load > 1.0F ? 1.0F / load : 1.0F;
  }
};

}  // namespace warp2vec
