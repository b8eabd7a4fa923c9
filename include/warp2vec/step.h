#pragma once
/// The update rule, written once for every backend.
///
/// A context row x and a target row y (an output row, or an inner node of the Huffman tree) meet with a
/// positive weight p and a negative weight n. Their score is s = x . y, their loss
///     L = p * softplus(-s) + n * softplus(s) = -p log sigmoid(s) - n log sigmoid(-s)
/// and the descent direction on the score is g = -dL/ds = p - (p + n) sigmoid(s); x moves by lr * g * y and y
/// by lr * g * x. Negative sampling (T. Mikolov et al. 2013, eq. 4) gives a pair p = 1 with the centre's row
/// and n = 1 with each of K negatives; hierarchical softmax gives p = 1 with the nodes where the path turns
/// left and n = 1 where it turns right.

#include <warp2vec/numerics.h>
#include <warp2vec/types.h>

#include <cstdint>

namespace warp2vec {

template <class Real>
W2V_HD inline Real score_gradient(Real score, Real positive, Real negative) {
  return positive - (positive + negative) * sigmoid(score);
}

template <class Real>
W2V_HD inline Real score_loss(Real score, Real positive, Real negative) {
  return positive * softplus(-score) + negative * softplus(score);
}

/// Sharing::tile: the weight of each of M negatives for a context with `pairs` positive pairs in the tile, so
/// that the expected gradient is that of K fresh negatives for each pair.
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

}  // namespace warp2vec
