#include "host/cpu/batch_queue.h"
#include "host/cpu/cpu_trainer.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace warp2vec {
namespace {

/// Worker threads that take batches from a queue.
class CpuBackend final : public Backend {
 public:
  explicit CpuBackend(const TrainingData& data) : CpuBackend(data, CentreShares(data)) {}

  ~CpuBackend() override { stop(); }

  // About 4,096 centres take some 3 ms: long compared with the queue's lock, short compared with a report.
  std::int64_t batch_size() const override {
    const std::int64_t tile = data_.config.centres_per_tile();
    return tile * std::max<std::int64_t>(64, 4096 / tile);
  }

  void upload(Embeddings& embeddings) override {
    stop();
    stopping_ = false;
    for (int i = 0; i < threads_; ++i) workers_.emplace_back([this, &embeddings] { work(embeddings); });
  }

  void train(const Batch& batch) override {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return failure_ || !queue_.full(); });
    queue_.add(batch);
    ready_.notify_one();
  }

  Trained drain() override {
    std::unique_lock lock(mutex_);
    wait(lock);
    return std::exchange(trained_, {});
  }

  void checkpoint(Embeddings&) override {
    std::unique_lock lock(mutex_);
    wait(lock);
  }

  void download(Embeddings&) override { stop(); }

 private:
  CpuBackend(const TrainingData& data, const CentreShares& shares)
      : data_(data),
        threads_(training_threads(data.config)),
        hot_(data, shares,
             {.negatives = (threads_ - std::int64_t{1}) * (tiled() ? data.config.centres_per_tile() : 1),
              .paths = (threads_ - std::int64_t{1}) * (tiled() ? data.config.path_tile_centres() : 1)}),
        nodes_(private_nodes(shares)),
        queue_(threads_) {}

  bool tiled() const { return data_.config.sharing == Sharing::tile; }

  // Copies of the nodes that a thread visits often enough to merge them within a batch. Between two merges
  // all threads together visit a node until lr times the pairs is 4.8, about as many updates from stale
  // values as need no damping, but at most 32 times, the number for the default settings.
  PrivateRowsPlan private_nodes(const CentreShares& shares) const {
    const Config& config = data_.config;
    if (threads_ == 1 || !config.loss.hierarchical_softmax) return {};
    const double all = std::min(32.0, 4.8 / (config.lr * config.pairs_per_centre()));
    const std::int32_t visits = std::max(1, static_cast<std::int32_t>(all) / threads_);
    return {shares.leading_nodes(visits / static_cast<double>(batch_size())), visits};
  }

  void work(Embeddings& embeddings) {
    try {
      CpuTrainer trainer(data_, hot_, embeddings, nodes_, threads_);
      std::unique_lock lock(mutex_);
      while (true) {
        ready_.wait(lock, [&] { return failure_ || queue_.ready() || (stopping_ && queue_.empty()); });
        if (failure_ || queue_.empty()) return;
        const Batch batch = queue_.take();
        lock.unlock();
        const Trained trained = trainer.train(batch);
        lock.lock();
        trained_.loss += trained.loss;
        trained_.pairs += trained.pairs;
        queue_.finish(batch);
        ready_.notify_all();  // adjacent batches may be trained now
        done_.notify_one();
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      failure_ = std::current_exception();
      ready_.notify_all();  // batches adjacent to the failed one would wait forever
      done_.notify_one();
    }
  }

  // Waits until all batches are finished.
  void wait(std::unique_lock<std::mutex>& lock) {
    done_.wait(lock, [&] { return failure_ || queue_.idle(); });
    if (failure_) {
      // The other workers must be done with the epoch, which may be destroyed once this throws.
      queue_.clear();
      lock.unlock();
      stop();
      std::rethrow_exception(failure_);
    }
  }

  // Lets the workers finish what is queued and joins them.
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    ready_.notify_all();
    workers_.clear();
  }

  const TrainingData& data_;
  const int threads_;
  const HotMatrices hot_;
  const PrivateRowsPlan nodes_;

  std::mutex mutex_;
  std::condition_variable ready_;  // a batch was queued or finished, or the workers are to stop
  std::condition_variable done_;   // a batch was finished
  BatchQueue queue_;
  bool stopping_ = false;
  Trained trained_;
  std::exception_ptr failure_;
  std::vector<std::jthread> workers_;
};

}  // namespace

std::unique_ptr<Backend> make_cpu_backend(const TrainingData& data) {
  data.config.require_cpu();
  return std::make_unique<CpuBackend>(data);
}

}  // namespace warp2vec
