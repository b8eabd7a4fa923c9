#include "host/reference/cbow.h"

namespace warp2vec {
namespace {

// The centres in [begin, end) that have contexts, as elements of `span`, with their windows as the
// minibatch's contexts.
std::vector<std::int64_t> add_windows(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                                      std::int64_t begin, std::int64_t end, CbowMinibatch& minibatch) {
  const CbowRule rule = data.config.cbow_rule();
  std::vector<std::int64_t> centres;
  for (std::int64_t centre = begin; centre < end; ++centre) {
    const std::vector<std::int64_t> contexts =
        context_rows(span, centre, window_of(data, draws, span, centre));
    if (contexts.empty()) continue;
    const auto n = static_cast<std::int32_t>(contexts.size());
    const std::size_t hidden = centres.size();
    for (const std::int64_t context : contexts) {
      minibatch.contexts.push_back(context);
      minibatch.entries.push_back({hidden, rule.weight(n), rule.gradient_weight(n)});
      minibatch.context_pairs.push_back(rule.pairs(n));
    }
    minibatch.predictions.contexts.push_back(static_cast<std::int64_t>(hidden));
    centres.push_back(centre);
  }
  return centres;
}

void resize_weights(Minibatch& predictions) {
  predictions.weights.resize(predictions.contexts.size() * predictions.targets.size());
}

// The centres, each with weight 1 for its own window, and `negatives`, each standing for `weight` negatives
// of every window.
void add_targets(const KeptSpan& span, const std::vector<std::int64_t>& centres,
                 const std::vector<WordId>& negatives, float weight, Minibatch& predictions) {
  for (const std::int64_t centre : centres) {
    predictions.targets.push_back(row_of(span.word(centre)));
    predictions.target_pairs.push_back(1);
  }
  for (const WordId negative : negatives) {
    predictions.targets.push_back(row_of(negative));
    predictions.target_pairs.push_back(weight * static_cast<float>(centres.size()));
  }
  resize_weights(predictions);
  for (std::size_t h = 0; h < centres.size(); ++h) {
    predictions.weight(h, h) = 1;
    for (std::size_t m = 0; m < negatives.size(); ++m)
      predictions.weight(h, centres.size() + m) = negatives[m] == span.word(centres[h]) ? 0.0F : -weight;
  }
}

}  // namespace

CbowMinibatch cbow_minibatch(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                             std::int64_t centre) {
  CbowMinibatch minibatch;
  const std::vector<std::int64_t> centres = add_windows(data, draws, span, centre, centre + 1, minibatch);
  std::vector<WordId> negatives;
  for (std::int32_t k = 0; k < data.config.negative; ++k) {
    const WordId negative = window_negative(draws, data.negatives.view(), span.position(centre), k);
    if (negative != span.word(centre)) negatives.push_back(negative);
  }
  add_targets(span, centres, negatives, 1, minibatch.predictions);
  return minibatch;
}

CbowMinibatch cbow_tile_minibatch(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                                  std::int64_t begin, std::int64_t end) {
  CbowMinibatch minibatch;
  const std::vector<std::int64_t> centres = add_windows(data, draws, span, begin, end, minibatch);
  const std::int64_t tile = (span.first + begin) / data.config.centres_per_tile();
  const std::int32_t count = data.config.negatives_per_tile();
  std::vector<WordId> negatives;
  for (std::int32_t m = 0; m < count; ++m)
    negatives.push_back(tile_negative(draws, data.negatives.view(), tile, m));
  add_targets(span, centres, negatives, tile_negative_weight(1, data.config.negative, count),
              minibatch.predictions);
  return minibatch;
}

CbowMinibatch cbow_path_minibatch(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                                  std::int64_t begin, std::int64_t end) {
  CbowMinibatch minibatch;
  const std::vector<std::int64_t> centres = add_windows(data, draws, span, begin, end, minibatch);
  const HuffmanView tree = data.tree.view();
  Minibatch& predictions = minibatch.predictions;
  for (const std::int64_t centre : centres)
    for (int depth = 0; depth < tree.length(span.word(centre)); ++depth)
      predictions.targets.push_back(tree.step(span.word(centre), depth).node);
  predictions.target_pairs.assign(predictions.targets.size(), 1);
  resize_weights(predictions);
  std::size_t target = 0;
  for (std::size_t h = 0; h < centres.size(); ++h)
    for (int depth = 0; depth < tree.length(span.word(centres[h])); ++depth)
      predictions.weight(h, target++) = tree.step(span.word(centres[h]), depth).right ? -1.0F : 1.0F;
  return minibatch;
}

CbowMinibatch cbow_softmax_minibatch(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                                     std::int64_t begin, std::int64_t end) {
  CbowMinibatch minibatch;
  add_targets(span, add_windows(data, draws, span, begin, end, minibatch), {}, 0, minibatch.predictions);
  return minibatch;
}

}  // namespace warp2vec
