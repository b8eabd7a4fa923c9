#include "host/cpu/centre_minibatches.h"

#include "host/cpu/simd/simd_kernels.h"

namespace warp2vec {

double CentreTrainer::train_in_turn(const CentreMinibatch& minibatch) {
  const std::int64_t targets = minibatch.targets.size();
  if (gradients_.cols() < targets) gradients_ = Matrix(1, static_cast<std::int32_t>(targets));
  pair_signs_.assign(minibatch.signs.begin(), minibatch.signs.end());
  pair_signs_.resize(static_cast<std::size_t>(simd::padded(targets)));
  double loss = 0;
  for (std::size_t c = 0; c < minibatch.contexts.rows.size(); ++c)
    loss += simd::train_context(minibatch.contexts.rows[c], minibatch.contexts.scales[c], targets,
                                minibatch.targets.rows.data(), minibatch.targets.scales.data(),
                                pair_signs_.data(), x_.stride(), gradients_.row(0));
  return loss;
}

double CentreTrainer::train(const CentreMinibatch& minibatch) {
  if (minibatch.in_turn) return train_in_turn(minibatch);
  const std::int64_t stride = x_.stride();
  const std::int64_t contexts = minibatch.contexts.size();
  const std::int64_t targets = minibatch.targets.size();
  const std::int64_t pairs = contexts * targets;
  simd::gather(minibatch.contexts.rows.data(), contexts, stride, x_.row(0));
  if (gradients_.cols() < pairs) gradients_ = Matrix(1, static_cast<std::int32_t>(pairs));
  contexts_.clear();
  for (std::int64_t c = 0; c < contexts; ++c) contexts_.push_back(x_.row(c));
  pair_contexts_.clear();
  pair_targets_.clear();
  pair_signs_.clear();
  for (std::size_t t = 0; t < minibatch.signs.size(); ++t) {
    pair_contexts_.insert(pair_contexts_.end(), contexts_.begin(), contexts_.end());
    pair_targets_.insert(pair_targets_.end(), contexts_.size(), minibatch.targets.rows[t]);
    pair_signs_.insert(pair_signs_.end(), contexts_.size(), minibatch.signs[t]);
  }
  pair_signs_.resize(static_cast<std::size_t>(simd::padded(pairs)));

  float* const gradients = gradients_.row(0);
  simd::dots(pairs, pair_contexts_.data(), pair_targets_.data(), stride, gradients);
  const double loss = simd::sign_gradients(pairs, pair_signs_.data(), gradients);
  ordered_.clear();
  for (std::int64_t c = 0; c < contexts; ++c)
    for (std::int64_t t = 0; t < targets; ++t) ordered_.push_back(gradients[t * contexts + c]);

  // Contexts are updated first: that reads the targets' old values; target updates read copies of contexts.
  for (std::int64_t c = 0; c < contexts; ++c)
    simd::add_combination(minibatch.contexts.rows[static_cast<std::size_t>(c)],
                          minibatch.contexts.scales[static_cast<std::size_t>(c)], nullptr, targets,
                          ordered_.data() + c * targets, minibatch.targets.rows.data(), stride);
  for (std::int64_t t = 0; t < targets; ++t)
    simd::add_combination(minibatch.targets.rows[static_cast<std::size_t>(t)],
                          minibatch.targets.scales[static_cast<std::size_t>(t)], nullptr, contexts,
                          gradients + t * contexts, contexts_.data(), stride);
  return loss;
}

namespace {

void damp(CentreMinibatch& minibatch, const TrainedMatrix& contexts, const TrainedMatrix& targets, float lr) {
  if (minibatch.in_turn) {
    minibatch.contexts.damp_distinct(contexts, lr);
    minibatch.targets.damp_distinct(targets, lr);
  } else {
    minibatch.contexts.damp(contexts, lr);
    minibatch.targets.damp(targets, lr);
  }
}

}  // namespace

void CentreMinibatches::list(const CpuBatch& batch, std::int64_t centre, CentreMinibatchList& minibatches) {
  const Config& config = data_.config;
  const KeptRange window = batch.window(centre);
  const bool negatives = config.loss.negative_sampling && config.sharing != Sharing::tile;
  const auto add = [&](KeptRange contexts) {
    if (negatives) add_negatives(batch, centre, contexts, minibatches.add());
    if (config.loss.hierarchical_softmax) add_path(batch, centre, contexts, minibatches.add());
  };
  minibatches.clear();
  if (window.size() == 1) return;
  if (negatives) draw_negatives(batch, centre, window);
  if (config.sharing == Sharing::pair && negatives) {
    for (std::int64_t i = window.begin; i < window.end; ++i)
      if (i != centre) add({i, i + 1});
  } else {
    add(window);
  }
  for (const CentreMinibatch& minibatch : minibatches.all())
    for (const ScaledRows* rows : {&minibatch.contexts, &minibatch.targets})
      simd::prefetch(rows->rows.data(), rows->size(), embeddings_.input.stride());
}

void CentreMinibatches::add_contexts(const CpuBatch& batch, std::int64_t centre, KeptRange contexts,
                                     CentreMinibatch& minibatch) {
  for (std::int64_t i = contexts.begin; i < contexts.end; ++i)
    if (i != centre)
      minibatch.contexts.add(embeddings_.input.row(row_of(batch.word(i))), row_of(batch.word(i)), 1);
}

void CentreMinibatches::add_negatives(const CpuBatch& batch, std::int64_t centre, KeptRange contexts,
                                      CentreMinibatch& minibatch) {
  const Config& config = data_.config;
  add_contexts(batch, centre, contexts, minibatch);
  const auto pairs = static_cast<float>(minibatch.contexts.size());
  const auto add_target = [&](WordId word, float sign) {
    minibatch.targets.add(embeddings_.output.row(row_of(word)), row_of(word), pairs);
    minibatch.signs.push_back(sign);
  };
  add_target(batch.word(centre), 1.0F);
  const std::int64_t first =
      config.sharing == Sharing::pair ? (contexts.begin - batch.window(centre).begin) * config.negative : 0;
  for (const WordId negative :
       negatives_.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(config.negative)))
    if (negative != batch.word(centre)) add_target(negative, -1.0F);
  minibatch.in_turn = config.sharing == Sharing::pair && minibatch.targets.all_distinct();
  damp(minibatch, matrices_.input, matrices_.output, batch.lr(centre));
}

void CentreMinibatches::draw_negatives(const CpuBatch& batch, std::int64_t centre, KeptRange window) {
  const Config& config = data_.config;
  // Sharing::pair numbers negatives by context: see pair_negative(). The centre's own go unused.
  const auto first_of = [&](std::int64_t context) {
    return (static_cast<std::int32_t>(context - centre) + config.window) * config.negative;
  };
  const bool pair = config.sharing == Sharing::pair;
  negatives_ =
      negative_draws_.draw(batch.draws(), data_.negatives.view(), batch.position(centre),
                           pair ? first_of(window.begin) : 0, pair ? first_of(window.end) : config.negative);
}

void CentreMinibatches::add_path(const CpuBatch& batch, std::int64_t centre, KeptRange contexts,
                                 CentreMinibatch& minibatch) {
  const HuffmanView tree = data_.tree.view();
  const WordId word = batch.word(centre);
  add_contexts(batch, centre, contexts, minibatch);
  minibatch.in_turn = data_.config.sharing == Sharing::pair;
  const auto pairs = static_cast<std::int32_t>(minibatch.contexts.size());
  const std::int32_t turns = minibatch.in_turn ? pairs : 1;
  const std::int32_t pairs_in_turn = pairs / turns;
  for (int depth = 0; depth < tree.length(word); ++depth) {
    const PathStep step = tree.step(word, depth);
    minibatch.targets.add(nodes_.visit(step.node, turns), step.node, static_cast<float>(pairs_in_turn));
    minibatch.signs.push_back(step.right ? -1.0F : 1.0F);
  }
  damp(minibatch, matrices_.input_under_tree, matrices_.nodes, batch.lr(centre));
}

}  // namespace warp2vec
