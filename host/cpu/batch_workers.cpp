#include "host/cpu/batch_workers.h"

#include <warp2vec/error.h>

#include <chrono>
#include <string>
#include <system_error>
#include <utility>

namespace warp2vec {

BatchWorkers::BatchWorkers(int threads, const std::function<Train()>& make_train, bool apart)
    : queue_(threads, apart) {
  try {
    for (int i = 0; i < threads; ++i) workers_.emplace_back([this, make_train] { work(make_train); });
  } catch (const std::system_error& error) {  // no more threads available
    if (workers_.empty())
      throw Error("cannot start a thread to train on: " + std::string(error.code().message()) +
                  " (is 'ulimit -u' or 'ulimit -v' too low?)");
  } catch (...) {
    stop();
    throw;
  }
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return started_ == workers_.size(); });
}

void BatchWorkers::add(const Batch& batch) {
  constexpr std::chrono::milliseconds kUntilAsked(20);
  std::unique_lock lock(mutex_);
  while (!done_.wait_for(lock, kUntilAsked, [&] { return failure_ || !queue_.full(); })) {
    lock.unlock();
    if (batch.stop != nullptr && (*batch.stop)()) throw LeftOut();
    lock.lock();
  }
  queue_.add({batch.epoch, batch.first, batch.last});
  ready_.notify_one();
}

void BatchWorkers::wait() {
  std::unique_lock lock(mutex_);
  wait(lock);
}

Trained BatchWorkers::collect() {
  std::unique_lock lock(mutex_);
  if (failure_) wait(lock);  // rethrows it
  return std::exchange(trained_, {});
}

Trained BatchWorkers::drain() {
  std::unique_lock lock(mutex_);
  wait(lock);
  return std::exchange(trained_, {});
}

// At its end a worker has started, or failed to.
class BatchWorkers::Starting {
 public:
  explicit Starting(BatchWorkers& workers) : workers_(workers) {}
  ~Starting() {
    const std::lock_guard lock(workers_.mutex_);
    ++workers_.started_;
    workers_.done_.notify_one();
  }
  Starting(const Starting&) = delete;
  Starting& operator=(const Starting&) = delete;

 private:
  BatchWorkers& workers_;
};

void BatchWorkers::work(const std::function<Train()>& make_train) {
  try {
    const Train train = [&] {
      const Starting starting(*this);
      return make_train();
    }();
    std::unique_lock lock(mutex_);
    while (true) {
      ready_.wait(lock, [&] { return failure_ || queue_.ready() || (stopping_ && queue_.empty()); });
      if (failure_ || queue_.empty()) return;
      const Batch batch = queue_.take();
      lock.unlock();
      const Trained trained = train(batch);
      lock.lock();
      trained_.loss += trained.loss;
      trained_.pairs += trained.pairs;
      queue_.finish(batch);
      ready_.notify_all();  // adjacent batches may be trained now
      done_.notify_one();
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
    ready_.notify_all();  // batches adjacent to the failed one would wait forever
    done_.notify_one();
  }
}

void BatchWorkers::wait(std::unique_lock<std::mutex>& lock) {
  done_.wait(lock, [&] { return failure_ || queue_.idle(); });
  if (failure_) {
    // The other workers must be done with the epoch, which may be destroyed once this throws.
    queue_.clear();
    lock.unlock();
    stop();
    std::rethrow_exception(failure_);
  }
}

void BatchWorkers::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ready_.notify_all();
  workers_.clear();
}

}  // namespace warp2vec
