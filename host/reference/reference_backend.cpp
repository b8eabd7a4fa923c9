#include "host/reference/reference_blocks.h"
#include "host/training/hot_rows.h"

#include <utility>

namespace warp2vec {
namespace {

class ReferenceBackend final : public Backend {
 public:
  explicit ReferenceBackend(const TrainingData& data) : data_(data), hot_(data, {}) {}

  std::int64_t batch_size() const override { return std::int64_t{16} * data_.config.centres_per_tile(); }
  void upload(Embeddings& embeddings) override { embeddings_ = &embeddings; }
  void checkpoint(Embeddings&) override {}
  void download(Embeddings&) override {}

  Trained drain() override { return std::exchange(trained_, {}); }

  void train(const Batch& batch) override {
    const Config& config = data_.config;
    const std::int64_t halo = config.window;
    KeptSpan span;
    batch.epoch->read(batch.first - halo, batch.last + halo, span);
    const std::int64_t begin = batch.first - span.first;
    const std::int64_t end = batch.last - span.first;
    for (std::int64_t tile = begin; tile < end; tile += config.centres_per_tile()) {
      const std::int64_t tile_end = std::min(end, tile + config.centres_per_tile());
      if (config.loss.negative_sampling && config.sharing == Sharing::tile)
        train_tile(batch, span, tile, tile_end);
      const std::int64_t paths = config.path_tile_centres();
      if (config.loss.hierarchical_softmax && config.sharing == Sharing::tile)
        for (std::int64_t i = tile; i < tile_end; i += paths)
          train_path_tile(batch, span, i, std::min(tile_end, i + paths));
      for (std::int64_t centre = tile; centre < tile_end; ++centre) train_centre(batch, span, centre);
    }
  }

 private:
  bool tiled() const { return data_.config.sharing == Sharing::tile; }

  float lr_at(const Batch& batch, const KeptSpan& span, std::int64_t i) const {
    return data_.lr_at(batch.epoch->draws().epoch, span.positions[static_cast<std::size_t>(i)]);
  }

  void train_tile(const Batch& batch, const KeptSpan& span, std::int64_t begin, std::int64_t end) {
    step_words(tile_block(data_, batch.epoch->draws(), span, begin, end), lr_at(batch, span, begin));
  }

  void train_path_tile(const Batch& batch, const KeptSpan& span, std::int64_t begin, std::int64_t end) {
    step_nodes(path_tile_block(data_, batch.epoch->draws(), span, begin, end), lr_at(batch, span, begin));
  }

  // Counts the centre's pairs, and trains everything that is computed centre by centre.
  void train_centre(const Batch& batch, const KeptSpan& span, std::int64_t centre) {
    const Config& config = data_.config;
    const Draws& draws = batch.epoch->draws();
    const float lr = lr_at(batch, span, centre);
    const WordId word = span.words[static_cast<std::size_t>(centre)];
    const KeptSpan::Range window = window_of(data_, draws, span, centre);
    const std::vector<std::int64_t> contexts = context_rows(span, centre, window);
    trained_.pairs += static_cast<std::int64_t>(contexts.size());
    if (config.loss.softmax)
      trained_.loss +=
          train_softmax(contexts, row_of(word), embeddings_->input.view(), embeddings_->output.view(), lr);
    if (config.sharing == Sharing::pair) {
      for (std::int64_t i = window.begin; i < window.end; ++i) {
        if (i == centre) continue;
        if (config.loss.negative_sampling) step_words(pair_block(data_, draws, span, centre, i), lr);
        if (config.loss.hierarchical_softmax)
          step_nodes(path_block(data_, context_rows(span, centre, {i, i + 1}), word), lr);
      }
      return;
    }
    if (config.loss.negative_sampling && config.sharing == Sharing::window)
      step_words(window_block(data_, draws, span, centre), lr);
    if (config.loss.hierarchical_softmax && !tiled()) step_nodes(path_block(data_, contexts, word), lr);
  }

  void step_words(const Block& block, float lr) {
    trained_.loss += train_block(block, embeddings_->input.view(), embeddings_->output.view(), lr,
                                 hot_.input.view(), hot_.output.view());
  }

  void step_nodes(const Block& block, float lr) {
    trained_.loss += train_block(block, embeddings_->input.view(), embeddings_->nodes.view(), lr,
                                 hot_.input_under_tree.view(), hot_.nodes.view());
  }

  const TrainingData& data_;
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
