#pragma once
/// Threads that train the batches of a queue.

#include <warp2vec/trainer.h>

#include "host/cpu/batch_queue.h"

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace warp2vec {

/// If a worker throws, the others stop after their current batch, and collect(), drain() or wait() rethrows
/// its exception. After that only the destructor may be called.
class BatchWorkers {
 public:
  using Train = std::function<Trained(const Batch&)>;

  /// Every worker calls `make_train` once on its own thread, and trains batches with what it returns; this
  /// waits for all of them, so that between batches none uses anything. There are fewer workers if the system
  /// has no more threads; throws Error if it has none. `apart`: see BatchQueue.
  BatchWorkers(int threads, const std::function<Train()>& make_train, bool apart = true);
  /// Lets the workers finish what is queued, unless one has failed.
  ~BatchWorkers() { stop(); }
  BatchWorkers(const BatchWorkers&) = delete;
  BatchWorkers& operator=(const BatchWorkers&) = delete;

  /// Waits while the queue is full. Throws LeftOut if the batch's `stop` says so while it waits.
  void add(const Batch& batch);
  /// Waits until all batches are finished.
  void wait();
  /// What was trained since the last collect() or drain() by batches that are finished.
  Trained collect();
  /// wait() and collect().
  Trained drain();

 private:
  class Starting;
  void work(const std::function<Train()>& make_train);
  void wait(std::unique_lock<std::mutex>& lock);
  void stop();

  std::mutex mutex_;
  std::condition_variable ready_;  // a batch was queued or finished, or the workers must stop
  std::condition_variable done_;   // a batch was finished, or a worker failed
  BatchQueue queue_;
  bool stopping_ = false;
  std::size_t started_ = 0;
  Trained trained_;
  std::exception_ptr failure_;
  std::vector<std::jthread> workers_;
};

}  // namespace warp2vec
