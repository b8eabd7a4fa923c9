#pragma once
/// The queued work of a stream.

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>

namespace warp2vec::emulation {

/// Work is executed in order, and only on request.
class WorkQueue {
 public:
  WorkQueue(int on_device, bool is_blocking) : device(on_device), blocking(is_blocking) {}

  void add(std::function<void()> work) { add_when({}, std::move(work)); }
  /// Work that waits for other devices, until `ready()`.
  void add_when(std::function<bool()> ready, std::function<void()> work) {
    waiting_.push_back({std::move(ready), std::move(work)});
    ++added_;
  }

  std::uint64_t added() const { return added_; }
  bool done(std::uint64_t position) const { return done_ >= position; }
  bool done() const { return done(added_); }

  /// False if it is not ready.
  bool run_one() {
    if (waiting_.front().ready && !waiting_.front().ready()) return false;
    const std::function<void()> work = std::move(waiting_.front().work);
    waiting_.pop_front();
    work();
    ++done_;
    return true;
  }
  /// Executes the first `position` items of all work that was ever added.
  void run_until(std::uint64_t position) {
    while (!done(position) && !waiting_.empty())
      if (!run_one())
        throw std::logic_error(
            "waits for other devices, which may have failed, by a call that does not return before they are "
            "done");
  }
  void run() { run_until(added_); }
  void run_while_ready() {
    while (!waiting_.empty() && run_one()) {
    }
  }

  void drop() {
    waiting_.clear();
    done_ = added_;
  }

  const int device;
  const bool blocking;  ///< in order with the default stream

 private:
  struct Item {
    std::function<bool()> ready;  // may be empty
    std::function<void()> work;
  };

  std::deque<Item> waiting_;
  std::uint64_t added_ = 0;
  std::uint64_t done_ = 0;
};

/// One cudaEventRecord: complete when the work before it is.
struct Recording {
  std::shared_ptr<WorkQueue> queue;
  std::uint64_t position = 0;
  std::chrono::steady_clock::time_point time{};  ///< when it was completed

  bool complete() const { return queue->done(position); }
  void wait() const { queue->run_until(position); }
};

}  // namespace warp2vec::emulation
