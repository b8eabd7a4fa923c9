#include "host/cpu/batch_workers.h"
#include "host/cpu/cbow_trainer.h"
#include "host/cpu/cpu_trainer.h"
#include "host/training/softmax_tile.h"

#include <algorithm>
#include <memory>
#include <optional>

namespace warp2vec {
namespace {

/// A trainer on each worker thread.
class CpuBackend final : public Backend {
 public:
  explicit CpuBackend(const TrainingData& data) : CpuBackend(data, CentreShares(data)) {}

  // About 4,096 centres take some 3 ms: long compared with the queue's lock, short compared with a report.
  // Those of full softmax take longer.
  std::int64_t batch_size() const override {
    const Config& config = data_.config;
    const std::int64_t tile = config.centres_per_tile();
    const std::int64_t tiles = std::max<std::int64_t>(64, 4096 / tile);
    return tile * (config.loss.softmax ? softmax_batch_tiles(config, data_.vocabulary.size(), tiles) : tiles);
  }

  void upload(Embeddings& embeddings) override {
    workers_.emplace(threads_, [this, &embeddings]() -> BatchWorkers::Train {
      if (data_.config.model == Architecture::cbow) return trainer<CbowTrainer>(embeddings);
      return trainer<CpuTrainer>(embeddings);
    });
  }
  void train(const Batch& batch) override { workers_->add(batch); }
  Trained drain() override { return workers_->drain(); }
  void checkpoint(Embeddings&) override { workers_->wait(); }
  void download(Embeddings&) override { workers_.reset(); }

 private:
  CpuBackend(const TrainingData& data, const CentreShares& shares)
      : data_(data),
        threads_(training_threads(data.config)),
        hot_(data, shares,
             {.negatives = (threads_ - std::int64_t{1}) * (tiled() ? data.config.centres_per_tile() : 1),
              .paths = (threads_ - std::int64_t{1}) * (tiled() ? data.config.path_tile_centres() : 1)}),
        nodes_(private_nodes(shares)) {}

  template <class Trainer>
  BatchWorkers::Train trainer(Embeddings& embeddings) {
    const auto made = std::make_shared<Trainer>(data_, hot_, embeddings, nodes_, threads_);
    return [made](const Batch& batch) { return made->train(batch); };
  }

  bool tiled() const { return data_.config.sharing == Sharing::tile; }

  // Copies of the nodes that a thread visits often enough to merge them within a batch. Between two merges
  // all threads together visit a node until lr times the pairs is 4.8, about as many updates from stale
  // values as need no damping, but at most 32 times, the number for the default settings.
  PrivateRowsPlan private_nodes(const CentreShares& shares) const {
    const Config& config = data_.config;
    if (threads_ == 1 || !config.loss.hierarchical_softmax) return {};
    const double all = std::min(32.0, 4.8 / (config.lr * config.predictions_per_centre()));
    const std::int32_t visits = std::max(1, static_cast<std::int32_t>(all) / threads_);
    return {shares.leading_nodes(visits / static_cast<double>(batch_size())), visits};
  }

  const TrainingData& data_;
  const int threads_;
  const HotMatrices hot_;
  const PrivateRowsPlan nodes_;
  std::optional<BatchWorkers> workers_;
};

}  // namespace

std::unique_ptr<Backend> make_cpu_backend(const TrainingData& data) {
  data.config.require_cpu();
  return std::make_unique<CpuBackend>(data);
}

}  // namespace warp2vec
