#include "host/cpu/centre_blocks.h"

#include "host/cpu/simd_kernels.h"

namespace warp2vec {

void CentreBlocks::list(const CpuBatch& batch, std::int64_t centre, SignBlocks& blocks) {
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
  if (config.sharing == Sharing::pair) {
    for (std::int64_t i = window.begin; i < window.end; ++i)
      if (i != centre) add({i, i + 1});
  } else {
    add(window);
  }
  for (const SignBlock& block : blocks.all())
    for (const ScaledRows* rows : {&block.contexts, &block.targets})
      simd::prefetch(rows->rows.data(), rows->size(), embeddings_.input.stride());
}

void CentreBlocks::add_contexts(const CpuBatch& batch, std::int64_t centre, KeptRange contexts,
                                SignBlock& block) {
  for (std::int64_t i = contexts.begin; i < contexts.end; ++i)
    if (i != centre)
      block.contexts.add(embeddings_.input.row(row_of(batch.word(i))), row_of(batch.word(i)), 1);
}

void CentreBlocks::add_negatives(const CpuBatch& batch, std::int64_t centre, KeptRange contexts,
                                 SignBlock& block) {
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
  block.contexts.damp(hot_.input, batch.lr(centre));
  block.targets.damp(hot_.output, batch.lr(centre));
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
                            SignBlock& block) {
  const HuffmanView tree = data_.tree.view();
  const WordId word = batch.word(centre);
  add_contexts(batch, centre, contexts, block);
  const auto pairs = static_cast<float>(block.contexts.size());
  for (int depth = 0; depth < tree.length(word); ++depth) {
    const PathStep step = tree.step(word, depth);
    block.targets.add(nodes_.visit(step.node), step.node, pairs);
    block.signs.push_back(step.right ? -1.0F : 1.0F);
  }
  block.contexts.damp(hot_.input_under_tree, batch.lr(centre));
  block.targets.damp(hot_.nodes, batch.lr(centre));
}

}  // namespace warp2vec
