#include "host/cpu/centre_blocks.h"

#include "host/cpu/simd_kernels.h"

namespace warp2vec {

double CentreBlockTrainer::train_in_turn(const CentreBlock& block) {
  const std::int64_t targets = block.targets.size();
  if (gradients_.cols() < targets) gradients_ = Matrix(1, static_cast<std::int32_t>(targets));
  pair_signs_.assign(block.signs.begin(), block.signs.end());
  pair_signs_.resize(static_cast<std::size_t>(simd::padded(targets)));
  double loss = 0;
  for (std::size_t c = 0; c < block.contexts.rows.size(); ++c)
    loss += simd::train_context(block.contexts.rows[c], block.contexts.scales[c], targets,
                                block.targets.rows.data(), block.targets.scales.data(), pair_signs_.data(),
                                x_.stride(), gradients_.row(0));
  return loss;
}

double CentreBlockTrainer::train(const CentreBlock& block) {
  if (block.in_turn) return train_in_turn(block);
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

namespace {

void damp(CentreBlock& block, const HotRows& contexts, const HotRows& targets, float lr) {
  if (block.in_turn) {
    block.contexts.damp_different(contexts, lr);
    block.targets.damp_different(targets, lr);
  } else {
    block.contexts.damp(contexts, lr);
    block.targets.damp(targets, lr);
  }
}

}  // namespace

void CentreBlocks::list(const CpuBatch& batch, std::int64_t centre, CentreBlockList& blocks) {
  const Config& config = data_.config;
  const KeptRange window = batch.window(centre);
  const bool negatives = config.loss.negative_sampling && config.sharing != Sharing::tile;
  const auto add = [&](KeptRange contexts) {
    if (negatives) add_negatives(batch, centre, contexts, blocks.add());
    if (config.loss.hierarchical_softmax) add_path(batch, centre, contexts, blocks.add());
  };
  blocks.clear();
  if (window.size() == 1) return;
  if (negatives) draw_negatives(batch, centre, window);
  if (config.sharing == Sharing::pair && negatives) {
    for (std::int64_t i = window.begin; i < window.end; ++i)
      if (i != centre) add({i, i + 1});
  } else {
    add(window);
  }
  for (const CentreBlock& block : blocks.all())
    for (const ScaledRows* rows : {&block.contexts, &block.targets})
      simd::prefetch(rows->rows.data(), rows->size(), embeddings_.input.stride());
}

void CentreBlocks::add_contexts(const CpuBatch& batch, std::int64_t centre, KeptRange contexts,
                                CentreBlock& block) {
  for (std::int64_t i = contexts.begin; i < contexts.end; ++i)
    if (i != centre)
      block.contexts.add(embeddings_.input.row(row_of(batch.word(i))), row_of(batch.word(i)), 1);
}

void CentreBlocks::add_negatives(const CpuBatch& batch, std::int64_t centre, KeptRange contexts,
                                 CentreBlock& block) {
  const Config& config = data_.config;
  add_contexts(batch, centre, contexts, block);
  const auto pairs = static_cast<float>(block.contexts.size());
  const auto add_target = [&](WordId word, float sign) {
    block.targets.add(embeddings_.output.row(row_of(word)), row_of(word), pairs);
    block.signs.push_back(sign);
  };
  add_target(batch.word(centre), 1.0F);
  const std::int64_t first =
      config.sharing == Sharing::pair ? (contexts.begin - batch.window(centre).begin) * config.negative : 0;
  for (const WordId negative :
       negatives_.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(config.negative)))
    if (negative != batch.word(centre)) add_target(negative, -1.0F);
  block.in_turn = config.sharing == Sharing::pair && block.targets.all_different();
  damp(block, hot_.input, hot_.output, batch.lr(centre));
}

void CentreBlocks::draw_negatives(const CpuBatch& batch, std::int64_t centre, KeptRange window) {
  const Config& config = data_.config;
  // The numbers of a context's negatives with Sharing::pair: see pair_negative(). The centre's own stay
  // unused.
  const auto first_of = [&](std::int64_t context) {
    return (static_cast<std::int32_t>(context - centre) + config.window) * config.negative;
  };
  const bool pair = config.sharing == Sharing::pair;
  negatives_ =
      negative_draws_.draw(batch.draws(), data_.negatives.view(), batch.position(centre),
                           pair ? first_of(window.begin) : 0, pair ? first_of(window.end) : config.negative);
}

void CentreBlocks::add_path(const CpuBatch& batch, std::int64_t centre, KeptRange contexts,
                            CentreBlock& block) {
  const HuffmanView tree = data_.tree.view();
  const WordId word = batch.word(centre);
  add_contexts(batch, centre, contexts, block);
  block.in_turn = data_.config.sharing == Sharing::pair;
  const auto pairs = static_cast<std::int32_t>(block.contexts.size());
  const std::int32_t turns = block.in_turn ? pairs : 1;
  const std::int32_t pairs_in_turn = pairs / turns;
  for (int depth = 0; depth < tree.length(word); ++depth) {
    const PathStep step = tree.step(word, depth);
    block.targets.add(nodes_.visit(step.node, turns), step.node, static_cast<float>(pairs_in_turn));
    block.signs.push_back(step.right ? -1.0F : 1.0F);
  }
  damp(block, hot_.input_under_tree, hot_.nodes, batch.lr(centre));
}

}  // namespace warp2vec
