#pragma once
/// Loops over independent tasks on several threads.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace warp2vec {

/// Threads that call work(0) ... work(count - 1); fewer if the system has no more.
template <class Work>
std::vector<std::jthread> start_threads(std::int64_t count, const Work& work) {
  std::vector<std::jthread> threads;
  try {
    for (std::int64_t i = 0; i < count; ++i) threads.emplace_back(work, i);
  } catch (const std::system_error&) {  // the caller goes on with those that there are
  }
  return threads;
}

/// Calls task(0) ... task(tasks - 1), each once, on up to `threads` threads including the caller's. The first
/// exception of a task is rethrown here after all threads have stopped; tasks not started by then are
/// skipped.
template <class Task>
void parallel_for(std::int64_t tasks, int threads, const Task& task) {
  std::atomic<std::int64_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto work = [&] {
    try {
      for (std::int64_t i = next++; i < tasks; i = next++) task(i);
    } catch (...) {
      next = tasks;
      const std::lock_guard lock(failure_mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  {
    const std::vector<std::jthread> others =
        start_threads(std::min<std::int64_t>(threads, tasks) - 1, [&work](std::int64_t) { work(); });
    work();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace warp2vec
