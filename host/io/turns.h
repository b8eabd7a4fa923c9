#pragma once
/// Work of several threads that is handed over in order.

#include "host/io/parallel.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

namespace warp2vec {

/// Whose turn it is, of tasks 0, 1, 2, ... that are begun in this order, and the failure of the first task
/// that failed.
class Turns {
 public:
  /// False if the turn never comes because an earlier task failed. All earlier tasks belong to running
  /// threads, which either finish them or fail.
  bool wait_for(std::int64_t task) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return next_ == task || failed_ < task; });
    return next_ == task;
  }

  void finish() {
    {
      const std::lock_guard lock(mutex_);
      ++next_;
    }
    changed_.notify_all();
  }

  void fail(std::int64_t task, const std::exception_ptr& error) {
    {
      const std::lock_guard lock(mutex_);
      if (task >= failed_) return;
      failed_ = task;
      error_ = error;
    }
    changed_.notify_all();
  }

  bool failed() {
    const std::lock_guard lock(mutex_);
    return error_ != nullptr;
  }

  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t next_ = 0;
  std::int64_t failed_ = std::numeric_limits<std::int64_t>::max();
  std::exception_ptr error_;
};

/// Calls make(i, result) for i = 0 ... tasks - 1 on up to `threads` threads including the caller's, each of
/// which has a Result of its own that it uses again, and commit(result) in the order of i, by one thread at a
/// time. If calls throw, the exception of the first i is rethrown, and nothing after it is committed.
template <class Result, class Make, class Commit>
void make_in_order(std::int64_t tasks, int threads, const Make& make, const Commit& commit) {
  Turns turns;
  std::atomic<std::int64_t> next{0};
  const auto work = [&](std::int64_t) {
    Result result;
    std::int64_t task = 0;
    try {
      while (!turns.failed() && (task = next++) < tasks) {
        make(task, result);
        if (!turns.wait_for(task)) return;
        commit(result);
        turns.finish();
      }
    } catch (...) {
      turns.fail(task, std::current_exception());
    }
  };
  {
    const std::vector<std::jthread> others = start_threads(std::min<std::int64_t>(threads, tasks) - 1, work);
    work(0);
  }
  turns.rethrow();
}

}  // namespace warp2vec
