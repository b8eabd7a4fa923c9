#pragma once
/// The update rule, written once for every backend.
///
/// A context row x and a target row y (an output row, or an inner node of the Huffman tree) meet with a
/// weight w: positive if they belong together, negative if not, 0 if they do not meet. With the score s = x .
/// y and t = sign(w) s, their loss is
///     L = |w| softplus(-t) = -|w| log sigmoid(t)
/// and the descent direction on the score is g = -dL/ds = w sigmoid(-t); x moves by lr * g * y and y by lr *
/// g * x. Negative sampling (T. Mikolov et al. 2013, eq. 4) gives w = 1 to a context and its centre's row and
/// w = -1 to each of K negatives; hierarchical softmax gives w = 1 to the nodes where the centre's path turns
/// left and w = -1 where it turns right.

#include <warp2vec/numerics.h>
#include <warp2vec/types.h>

#include <cstdint>

namespace warp2vec {

template <class Real>
W2V_HD inline Real score_gradient(Real score, Real weight) {
  return weight * sigmoid(weight > Real(0) ? -score : score);
}

template <class Real>
W2V_HD inline Real score_loss(Real score, Real weight) {
  return weight > Real(0) ? weight * softplus(-score) : -weight * softplus(score);
}

/// Hierarchical softmax, of a context and an inner node where the paths of `left` of its centres turn left
/// and those of `right` of them turn right: the sums of score_gradient() and of score_loss() over these.
template <class Real>
W2V_HD inline Real turns_gradient(Real score, Real left, Real right) {
  return left - (left + right) * sigmoid(score);
}

template <class Real>
W2V_HD inline Real turns_loss(Real score, Real left, Real right) {
  return left * softplus(-score) + right * softplus(score);
}

/// Sharing::tile: the size of the weight of each of M negatives for a context with `pairs` positive pairs in
/// the tile, so that the expected gradient is that of K fresh negatives for each pair.
W2V_HD constexpr float tile_negative_weight(std::int32_t pairs, std::int32_t negatives,
                                            std::int32_t tile_negatives) {
  return static_cast<float>(pairs) * static_cast<float>(negatives) / static_cast<float>(tile_negatives);
}

/// Damping of hot rows: a row that receives `pairs_in_flight` pair-gradients computed from the same values
/// takes a step that is stable while lr * pairs_in_flight * sigma' * |x|^2 < 2; its step is scaled by this
/// factor. kappa = 0.2 keeps the quality of sequential training with 8,192 tokens in flight.
inline constexpr float kDampingKappa = 0.2F;
W2V_HD constexpr float damping(float lr, float pairs_in_flight) {
  const float load = kDampingKappa * lr * pairs_in_flight;
  return load > 1.0F ? 1.0F / load : 1.0F;
}

/// The damping factors of one matrix's rows; rows from `size` on are never damped. Trivially copyable.
struct HotView {
  const float* pairs_in_flight = nullptr;
  std::int64_t size = 0;

  W2V_HD constexpr float factor(std::int64_t row, float lr) const {
    return row < size ? damping(lr, pairs_in_flight[row]) : 1.0F;
  }
};

}  // namespace warp2vec
