#include "centre_blocks.h"

#include "simd_kernels.h"

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
                                const HotRows& hot, SignBlock& block) {
  const MatrixView<float> input = embeddings_.input.view();
  const float lr = batch.lr(centre);
  for (std::int64_t i = contexts.begin; i < contexts.end; ++i)
    if (i != centre) block.contexts.add(input, row_of(batch.word(i)), lr, hot);
}

void CentreBlocks::add_negatives(const CpuBatch& batch, std::int64_t centre, KeptRange contexts,
                                 SignBlock& block) {
  const Config& config = data_.config;
  const MatrixView<float> output = embeddings_.output.view();
  const float lr = batch.lr(centre);
  add_contexts(batch, centre, contexts, hot_.input, block);
  const auto add_target = [&](WordId word, float sign) {
    block.targets.add(output, row_of(word), lr, hot_.output);
    block.signs.push_back(sign);
  };
  add_target(batch.word(centre), 1.0F);
  const std::int64_t first =
      config.sharing == Sharing::pair ? (contexts.begin - batch.window(centre).begin) * config.negative : 0;
  for (const WordId negative :
       negatives_.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(config.negative)))
    if (negative != batch.word(centre)) add_target(negative, -1.0F);
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
  const float lr = batch.lr(centre);
  add_contexts(batch, centre, contexts, hot_.input_under_tree, block);
  for (int depth = 0; depth < tree.length(word); ++depth) {
    const PathStep step = tree.step(word, depth);
    block.targets.add(nodes_.visit(step.node), lr * hot_.nodes.factor(step.node, lr));
    block.signs.push_back(step.right ? -1.0F : 1.0F);
  }
}

}  // namespace warp2vec
