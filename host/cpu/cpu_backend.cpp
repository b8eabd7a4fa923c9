#include "host/cpu/batch_workers.h"
#include "host/cpu/cbow_trainer.h"
#include "host/cpu/cpu_trainer.h"
#include "host/distributed/agreement.h"
#include "host/training/batch_centres.h"
#include "host/training/checks.h"

#include <algorithm>
#include <memory>
#include <optional>

namespace warp2vec {
namespace {

// Multiply-adds of a batch, some 30 ms of work. The 4,096 centres that most batches have take some 3 ms: long
// compared with the queue's lock, short compared with a report.
constexpr double kBatchWork = 3e8;

/// A trainer on each worker thread.
class CpuBackend final : public Backend {
 public:
  explicit CpuBackend(const TrainingData& data) : CpuBackend(data, CentreShares(data)) {}

  std::int64_t batch_size() const override { return batch_size_; }

  void upload(Embeddings& embeddings) override {
    require_shapes(embeddings, data_.config, data_.vocabulary.size());
    const auto make_trainer = [this, &embeddings]() -> BatchWorkers::Train {
      if (data_.config.model == Architecture::cbow) return trainer<CbowTrainer>(embeddings);
      return trainer<CpuTrainer>(embeddings);
    };
    workers_.emplace(threads_, make_trainer, !data_.config.loss.softmax);
  }
  KeptTokens kept_tokens(const TrainingData& data, std::uint32_t epoch) override {
    require_own(data, data_);
    return data.kept_tokens(epoch);
  }
  void train(const Batch& batch) override {
    require_trainable(batch, workers_.has_value());
    workers_->add(batch);
  }
  Trained collect() override { return workers_ ? workers_->collect() : Trained{}; }
  Trained drain() override { return workers_ ? workers_->drain() : Trained{}; }
  std::unique_ptr<Merging> merging(Ranks& ranks, Embeddings& embeddings) override {
    const auto track = [](std::optional<ChangedRows>& changed, const Matrix& matrix) {
      if (matrix.rows() > 0) changed.emplace(matrix.rows());
    };
    if (!data_.config.loss.softmax) {  // which changes all output rows
      track(changed_.input, embeddings.input);
      track(changed_.output, embeddings.output);
      track(changed_.nodes, embeddings.nodes);
    }
    return std::make_unique<Agreement>(ranks, embeddings, &changed_);
  }
  void checkpoint(Embeddings&) override {
    if (workers_) workers_->wait();
  }
  void download(Embeddings&) override { workers_.reset(); }

 private:
  CpuBackend(const TrainingData& data, const CentreShares& shares)
      : data_(data),
        threads_(training_threads(data.config)),
        batch_size_(batch_centres(data.config, work_per_centre(data), kBatchWork,
                                  std::max(64 * data.config.centres_per_tile(), 4096))),
        hot_(data, shares,
             {.negatives = (threads_ - std::int64_t{1}) * (tiled() ? data.config.centres_per_tile() : 1),
              .paths = (threads_ - std::int64_t{1}) * (tiled() ? data.config.path_tile_centres() : 1)}),
        nodes_(private_nodes(shares)) {}

  template <class Trainer>
  BatchWorkers::Train trainer(Embeddings& embeddings) {
    const auto made = std::make_shared<Trainer>(data_, matrices_, embeddings, nodes_, threads_);
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
  const std::int64_t batch_size_;
  const HotMatrices hot_;
  ChangedParameters changed_;
  const TrainedMatrices matrices_{hot_, changed_};
  const PrivateRowsPlan nodes_;
  std::optional<BatchWorkers> workers_;
};

}  // namespace

std::unique_ptr<Backend> make_cpu_backend(const TrainingData& data) {
  data.config.require_cpu();
  return std::make_unique<CpuBackend>(data);
}

}  // namespace warp2vec
