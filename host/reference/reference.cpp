#include "host/reference/reference.h"

#include "host/reference/cbow.h"
#include "host/training/batch_centres.h"
#include "host/training/checks.h"
#include "host/training/hot_rows.h"
#include "host/training/softmax_tile.h"

#include <algorithm>
#include <span>
#include <utility>

namespace warp2vec {
namespace {

// Pair counts of a minibatch whose contexts all belong to one centre.
void count_pairs(Minibatch& minibatch) {
  minibatch.context_pairs.assign(minibatch.contexts.size(), 1);
  minibatch.target_pairs.assign(minibatch.targets.size(), static_cast<float>(minibatch.contexts.size()));
}

// The centre with weight 1 and the negatives with weight -1, or 0 where one is the centre itself.
void add_targets(Minibatch& minibatch, WordId centre, const std::vector<WordId>& negatives) {
  minibatch.targets.push_back(row_of(centre));
  for (const WordId negative : negatives) minibatch.targets.push_back(row_of(negative));
  minibatch.weights.resize(minibatch.contexts.size() * minibatch.targets.size());
  for (std::size_t c = 0; c < minibatch.contexts.size(); ++c) {
    minibatch.weight(c, 0) = 1;
    for (std::size_t k = 0; k < negatives.size(); ++k)
      minibatch.weight(c, k + 1) = negatives[k] == centre ? 0.0F : -1.0F;
  }
  count_pairs(minibatch);
  for (std::size_t k = 0; k < negatives.size(); ++k)
    if (negatives[k] == centre) minibatch.target_pairs[k + 1] = 0;
}

// The windows of centres [begin, end); all elements that they cover are contexts.
struct Windows {
  std::int64_t first_centre;
  std::vector<KeptSpan::Range> of_centre;
  KeptSpan::Range reach;

  Windows(const TrainingData& data, const Draws& draws, const KeptSpan& span, std::int64_t begin,
          std::int64_t end)
      : first_centre(begin), reach{begin, end} {
    for (std::int64_t centre = begin; centre < end; ++centre) {
      of_centre.push_back(window_of(data, draws, span, centre));
      reach.begin = std::min(reach.begin, of_centre.back().begin);
      reach.end = std::max(reach.end, of_centre.back().end);
    }
  }

  // Whether context number `context` is in the window of centre number `centre`.
  bool interact(std::size_t context, std::size_t centre) const {
    const std::int64_t i = reach.begin + static_cast<std::int64_t>(context);
    return i != first_centre + static_cast<std::int64_t>(centre) && of_centre[centre].contains(i);
  }
};

}  // namespace

KeptSpan::Range window_of(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                          std::int64_t centre) {
  return span.around(
      centre, window_width(draws, span.position(centre), data.config.window, data.config.shrink_window));
}

std::vector<std::int64_t> context_rows(const KeptSpan& span, std::int64_t centre, KeptSpan::Range contexts) {
  std::vector<std::int64_t> rows;
  for (std::int64_t i = contexts.begin; i < contexts.end; ++i)
    if (i != centre) rows.push_back(row_of(span.word(i)));
  return rows;
}

Minibatch pair_minibatch(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                         std::int64_t centre, std::int64_t context) {
  const Config& config = data.config;
  Minibatch minibatch;
  minibatch.contexts.push_back(row_of(span.word(context)));
  std::vector<WordId> negatives;
  negatives.reserve(static_cast<std::size_t>(config.negative));
  for (std::int32_t k = 0; k < config.negative; ++k)
    negatives.push_back(pair_negative(draws, data.negatives.view(), span.position(centre), config.window,
                                      static_cast<std::int32_t>(context - centre), config.negative, k));
  add_targets(minibatch, span.word(centre), negatives);
  return minibatch;
}

Minibatch window_minibatch(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                           std::int64_t centre) {
  Minibatch minibatch;
  minibatch.contexts = context_rows(span, centre, window_of(data, draws, span, centre));
  std::vector<WordId> negatives;
  negatives.reserve(static_cast<std::size_t>(data.config.negative));
  for (std::int32_t k = 0; k < data.config.negative; ++k)
    negatives.push_back(window_negative(draws, data.negatives.view(), span.position(centre), k));
  add_targets(minibatch, span.word(centre), negatives);
  return minibatch;
}

Minibatch tile_minibatch(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                         std::int64_t begin, std::int64_t end) {
  const Config& config = data.config;
  Minibatch minibatch;
  const Windows windows(data, draws, span, begin, end);
  for (std::int64_t centre = begin; centre < end; ++centre)
    minibatch.targets.push_back(row_of(span.word(centre)));
  const std::int64_t tile = (span.first + begin) / config.centres_per_tile();
  const std::int32_t negatives = config.negatives_per_tile();
  for (std::int32_t m = 0; m < negatives; ++m)
    minibatch.targets.push_back(row_of(tile_negative(draws, data.negatives.view(), tile, m)));

  const auto centres = static_cast<std::size_t>(end - begin);
  for (std::int64_t i = windows.reach.begin; i < windows.reach.end; ++i)
    minibatch.contexts.push_back(row_of(span.word(i)));
  minibatch.weights.resize(minibatch.contexts.size() * minibatch.targets.size());
  minibatch.target_pairs.resize(minibatch.targets.size());
  std::int32_t all_pairs = 0;
  for (std::size_t c = 0; c < minibatch.contexts.size(); ++c) {
    const auto interacts = [&](std::size_t t) { return windows.interact(c, t); };
    std::int32_t pairs = 0;
    for (std::size_t t = 0; t < centres; ++t) {
      if (!interacts(t)) continue;
      minibatch.weight(c, t) = 1;
      minibatch.target_pairs[t] += 1;
      ++pairs;
    }
    all_pairs += pairs;
    minibatch.context_pairs.push_back(static_cast<float>(pairs));
    const float weight = tile_negative_weight(pairs, config.negative, negatives);
    for (std::size_t m = centres; m < minibatch.targets.size(); ++m) {
      bool is_positive = false;
      for (std::size_t t = 0; t < centres; ++t)
        is_positive |= interacts(t) && minibatch.targets[t] == minibatch.targets[m];
      minibatch.weight(c, m) = is_positive ? 0.0F : -weight;
    }
  }
  for (std::size_t m = centres; m < minibatch.targets.size(); ++m)
    minibatch.target_pairs[m] = tile_negative_weight(all_pairs, config.negative, negatives);
  return minibatch;
}

Minibatch path_minibatch(const TrainingData& data, std::vector<std::int64_t> contexts, WordId centre) {
  Minibatch minibatch;
  minibatch.contexts = std::move(contexts);
  const HuffmanView tree = data.tree.view();
  for (int depth = 0; depth < tree.length(centre); ++depth)
    minibatch.targets.push_back(tree.step(centre, depth).node);
  minibatch.weights.resize(minibatch.contexts.size() * minibatch.targets.size());
  for (std::size_t c = 0; c < minibatch.contexts.size(); ++c)
    for (int depth = 0; depth < tree.length(centre); ++depth)
      minibatch.weight(c, static_cast<std::size_t>(depth)) = tree.step(centre, depth).right ? -1.0F : 1.0F;
  count_pairs(minibatch);
  return minibatch;
}

Minibatch path_tile_minibatch(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                              std::int64_t begin, std::int64_t end) {
  const HuffmanView tree = data.tree.view();
  const Windows windows(data, draws, span, begin, end);
  Minibatch minibatch;
  for (std::int64_t i = windows.reach.begin; i < windows.reach.end; ++i)
    minibatch.contexts.push_back(row_of(span.word(i)));
  std::vector<std::size_t> centre_of;
  std::vector<float> signs;
  for (std::int64_t centre = begin; centre < end; ++centre) {
    const WordId word = span.word(centre);
    for (int depth = 0; depth < tree.length(word); ++depth) {
      const PathStep step = tree.step(word, depth);
      minibatch.targets.push_back(step.node);
      centre_of.push_back(static_cast<std::size_t>(centre - begin));
      signs.push_back(step.right ? -1.0F : 1.0F);
    }
  }
  minibatch.weights.resize(minibatch.contexts.size() * minibatch.targets.size());
  minibatch.target_pairs.resize(minibatch.targets.size());
  for (std::size_t c = 0; c < minibatch.contexts.size(); ++c) {
    float pairs = 0;
    for (std::int64_t centre = begin; centre < end; ++centre)
      pairs += windows.interact(c, static_cast<std::size_t>(centre - begin)) ? 1.0F : 0.0F;
    minibatch.context_pairs.push_back(pairs);
    for (std::size_t t = 0; t < minibatch.targets.size(); ++t) {
      if (!windows.interact(c, centre_of[t])) continue;
      minibatch.weight(c, t) = signs[t];
      minibatch.target_pairs[t] += 1;
    }
  }
  return minibatch;
}

Minibatch softmax_minibatch(const TrainingData& data, const Draws& draws, const KeptSpan& span,
                            std::int64_t begin, std::int64_t end) {
  const Windows windows(data, draws, span, begin, end);
  Minibatch minibatch;
  for (std::int64_t i = windows.reach.begin; i < windows.reach.end; ++i)
    minibatch.contexts.push_back(row_of(span.word(i)));
  for (std::int64_t centre = begin; centre < end; ++centre)
    minibatch.targets.push_back(row_of(span.word(centre)));
  minibatch.weights.resize(minibatch.contexts.size() * minibatch.targets.size());
  for (std::size_t c = 0; c < minibatch.contexts.size(); ++c)
    for (std::size_t t = 0; t < minibatch.targets.size(); ++t)
      minibatch.weight(c, t) = windows.interact(c, t) ? 1.0F : 0.0F;
  return minibatch;
}

namespace {

// Multiply-adds of a batch, some 20 ms of work.
constexpr double kBatchWork = 2e7;

class ReferenceBackend final : public Backend {
 public:
  explicit ReferenceBackend(const TrainingData& data)
      : data_(data),
        batch_size_(batch_centres(data.config, work_per_centre(data), kBatchWork,
                                  16 * data.config.centres_per_tile())),
        hot_(data, {}) {}

  std::int64_t batch_size() const override { return batch_size_; }
  void upload(Embeddings& embeddings) override {
    require_shapes(embeddings, data_.config, data_.vocabulary.size());
    embeddings_ = &embeddings;
  }
  KeptTokens kept_tokens(const TrainingData& data, std::uint32_t epoch) override {
    require_own(data, data_);
    return data.kept_tokens(epoch);
  }
  void checkpoint(Embeddings&) override {}
  void download(Embeddings&) override { embeddings_ = nullptr; }

  Trained drain() override { return std::exchange(trained_, {}); }

  void train(const Batch& batch) override {
    require_trainable(batch, embeddings_ != nullptr);
    const Config& config = data_.config;
    const std::int64_t halo = config.window;
    KeptSpan span;
    batch.epoch->read(batch.first - halo, batch.last + halo, span);
    const std::int64_t begin = batch.first - span.first;
    const std::int64_t end = batch.last - span.first;
    for (std::int64_t tile = begin; tile < end; tile += config.centres_per_tile()) {
      const std::int64_t tile_end = std::min(end, tile + config.centres_per_tile());
      if (config.model == Architecture::cbow) {
        train_cbow_windows(batch, span, tile, tile_end);
        continue;
      }
      if (config.loss.negative_sampling && config.sharing == Sharing::tile)
        train_tile(batch, span, tile, tile_end);
      const std::int64_t paths = config.path_tile_centres();
      if (config.loss.hierarchical_softmax && config.sharing == Sharing::tile)
        for (std::int64_t i = tile; i < tile_end; i += paths)
          train_path_tile(batch, span, i, std::min(tile_end, i + paths));
      if (config.loss.softmax) train_softmax_tile(batch, span, tile, tile_end);
      for (std::int64_t centre = tile; centre < tile_end; ++centre) train_centre(batch, span, centre);
    }
  }

 private:
  bool tiled() const { return data_.config.sharing == Sharing::tile; }

  float lr_at(const Batch& batch, const KeptSpan& span, std::int64_t i) const {
    return data_.lr_at(batch.epoch->draws().epoch, span.position(i));
  }

  void train_tile(const Batch& batch, const KeptSpan& span, std::int64_t begin, std::int64_t end) {
    update_words(tile_minibatch(data_, batch.epoch->draws(), span, begin, end), lr_at(batch, span, begin));
  }

  void train_path_tile(const Batch& batch, const KeptSpan& span, std::int64_t begin, std::int64_t end) {
    update_nodes(path_tile_minibatch(data_, batch.epoch->draws(), span, begin, end),
                 lr_at(batch, span, begin));
  }

  void train_softmax_tile(const Batch& batch, const KeptSpan& span, std::int64_t begin, std::int64_t end) {
    const Draws& draws = batch.epoch->draws();
    const MatrixView<float> input = embeddings_->input.view();
    const MatrixView<float> output = embeddings_->output.view();
    const std::span<const WordId> words(span.words);
    while (begin < end) {
      const std::int64_t centres = softmax_centres(
          words.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)),
          data_.config);
      const float lr = lr_at(batch, span, begin);
      // The first step is most of a batch, if not all, and changes nothing before all of its gradients are
      // known.
      const bool first = span.first + begin == batch.first;
      const BetweenContexts between = [&] {
        if (first && batch.stop != nullptr && (*batch.stop)()) throw LeftOut();
      };
      trained_.loss +=
          data_.config.model == Architecture::cbow
              ? train_cbow_softmax(cbow_softmax_minibatch(data_, draws, span, begin, begin + centres), input,
                                   output, lr, between)
              : train_softmax(softmax_minibatch(data_, draws, span, begin, begin + centres), input, output,
                              lr, between);
      begin += centres;
    }
  }

  // CBOW: one centre, or with Sharing::tile several, from the same values.
  void train_cbow_windows(const Batch& batch, const KeptSpan& span, std::int64_t begin, std::int64_t end) {
    const Config& config = data_.config;
    const Draws& draws = batch.epoch->draws();
    if (config.loss.softmax) train_softmax_tile(batch, span, begin, end);
    for (std::int64_t i = begin; i < end; ++i)
      if (window_of(data_, draws, span, i).size() > 1) ++trained_.pairs;
    if (config.loss.softmax) return;
    const std::int64_t centres = tiled() ? end - begin : 1;
    const std::int64_t paths = tiled() ? config.path_tile_centres() : 1;
    for (std::int64_t i = begin; i < end; i += centres) {
      const float lr = lr_at(batch, span, i);
      if (config.loss.negative_sampling)
        trained_.loss += train_cbow(tiled() ? cbow_tile_minibatch(data_, draws, span, begin, end)
                                            : cbow_minibatch(data_, draws, span, i),
                                    embeddings_->input.view(), embeddings_->output.view(), lr,
                                    hot_.input.view(), hot_.output.view());
      if (!config.loss.hierarchical_softmax) continue;
      for (std::int64_t p = i; p < i + centres; p += paths)
        trained_.loss +=
            train_cbow(cbow_path_minibatch(data_, draws, span, p, std::min(i + centres, p + paths)),
                       embeddings_->input.view(), embeddings_->nodes.view(), lr_at(batch, span, p),
                       hot_.input_under_tree.view(), hot_.nodes.view());
    }
  }

  // Counts the centre's pairs, and trains everything that is computed centre by centre.
  void train_centre(const Batch& batch, const KeptSpan& span, std::int64_t centre) {
    const Config& config = data_.config;
    const Draws& draws = batch.epoch->draws();
    const float lr = lr_at(batch, span, centre);
    const WordId word = span.word(centre);
    const KeptSpan::Range window = window_of(data_, draws, span, centre);
    const std::vector<std::int64_t> contexts = context_rows(span, centre, window);
    trained_.pairs += static_cast<std::int64_t>(contexts.size());
    if (config.sharing == Sharing::pair) {
      for (std::int64_t i = window.begin; i < window.end; ++i) {
        if (i == centre) continue;
        if (config.loss.negative_sampling) update_words(pair_minibatch(data_, draws, span, centre, i), lr);
        if (config.loss.hierarchical_softmax)
          update_nodes(path_minibatch(data_, context_rows(span, centre, {i, i + 1}), word), lr);
      }
      return;
    }
    if (config.loss.negative_sampling && config.sharing == Sharing::window)
      update_words(window_minibatch(data_, draws, span, centre), lr);
    if (config.loss.hierarchical_softmax && !tiled()) update_nodes(path_minibatch(data_, contexts, word), lr);
  }

  void update_words(const Minibatch& minibatch, float lr) {
    trained_.loss += train_minibatch(minibatch, embeddings_->input.view(), embeddings_->output.view(), lr,
                                     hot_.input.view(), hot_.output.view());
  }

  void update_nodes(const Minibatch& minibatch, float lr) {
    trained_.loss += train_minibatch(minibatch, embeddings_->input.view(), embeddings_->nodes.view(), lr,
                                     hot_.input_under_tree.view(), hot_.nodes.view());
  }

  const TrainingData& data_;
  std::int64_t batch_size_;
  HotMatrices hot_;
  Embeddings* embeddings_ = nullptr;
  Trained trained_;
};

}  // namespace

std::unique_ptr<Backend> make_reference_backend(const TrainingData& data) {
  data.config.require_cpu();
  return std::make_unique<ReferenceBackend>(data);
}

}  // namespace warp2vec
