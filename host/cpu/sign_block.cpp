#include "host/cpu/sign_block.h"

#include "host/cpu/simd_kernels.h"

namespace warp2vec {

double SignBlockSteps::train(const SignBlock& block) {
  const std::int64_t stride = x_.stride();
  const std::int64_t contexts = block.contexts.size();
  const std::int64_t targets = block.targets.size();
  const std::int64_t pairs = contexts * targets;
  simd::gather(block.contexts.rows.data(), contexts, stride, x_.row(0));
  if (gradients_.cols() < pairs) gradients_ = Matrix(1, static_cast<std::int32_t>(pairs));
  contexts_.clear();
  for (std::int64_t c = 0; c < contexts; ++c) contexts_.push_back(x_.row(c));
  pair_contexts_.clear();
  pair_targets_.clear();
  pair_signs_.clear();
  for (std::size_t t = 0; t < block.signs.size(); ++t) {
    pair_contexts_.insert(pair_contexts_.end(), contexts_.begin(), contexts_.end());
    pair_targets_.insert(pair_targets_.end(), contexts_.size(), block.targets.rows[t]);
    pair_signs_.insert(pair_signs_.end(), contexts_.size(), block.signs[t]);
  }
  pair_signs_.resize(static_cast<std::size_t>(simd::padded(pairs)));

  float* const gradients = gradients_.row(0);
  simd::dots(pairs, pair_contexts_.data(), pair_targets_.data(), stride, gradients);
  const double loss = simd::sign_gradients(pairs, pair_signs_.data(), gradients);
  ordered_.clear();
  for (std::int64_t c = 0; c < contexts; ++c)
    for (std::int64_t t = 0; t < targets; ++t) ordered_.push_back(gradients[t * contexts + c]);

  // Steps of contexts come first: they read the old values of the targets, the others' copies of contexts.
  for (std::int64_t c = 0; c < contexts; ++c)
    simd::add_combination(block.contexts.rows[static_cast<std::size_t>(c)],
                          block.contexts.scales[static_cast<std::size_t>(c)], nullptr, targets,
                          ordered_.data() + c * targets, block.targets.rows.data(), stride);
  for (std::int64_t t = 0; t < targets; ++t)
    simd::add_combination(block.targets.rows[static_cast<std::size_t>(t)],
                          block.targets.scales[static_cast<std::size_t>(t)], nullptr, contexts,
                          gradients + t * contexts, contexts_.data(), stride);
  return loss;
}

}  // namespace warp2vec
