#include "host/text/chunk_workers.h"

#include "host/io/parallel.h"

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>

namespace warp2vec {

namespace {

// Whose turn it is to commit, and the first failure.
class Turns {
 public:
  // False if the turn never comes because an earlier chunk failed. Chunks are handed out in order, so all
  // earlier ones belong to running threads and will either commit or fail.
  bool wait_for(std::int64_t chunk) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return next_ == chunk || failed_ < chunk; });
    return next_ == chunk;
  }

  void finish() {
    {
      const std::lock_guard lock(mutex_);
      ++next_;
    }
    changed_.notify_all();
  }

  void fail(std::int64_t chunk, const std::exception_ptr& error) {
    {
      const std::lock_guard lock(mutex_);
      if (chunk >= failed_) return;
      failed_ = chunk;
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

void run(ChunkReader& reader, ChunkWorker& worker, Turns& turns) {
  Chunk chunk;
  try {
    while (!turns.failed() && reader.next(chunk)) {
      worker.process(chunk);
      if (!turns.wait_for(chunk.index)) return;
      worker.commit(chunk);
      turns.finish();
    }
    if (!turns.failed()) worker.finish();
  } catch (...) {
    turns.fail(chunk.index, std::current_exception());
  }
}

}  // namespace

void process_chunks(ChunkReader& reader, const std::vector<std::unique_ptr<ChunkWorker>>& workers) {
  Turns turns;
  {
    const std::vector<std::jthread> others = start_threads(std::ssize(workers) - 1, [&](std::int64_t i) {
      run(reader, *workers[static_cast<std::size_t>(i) + 1], turns);
    });
    run(reader, *workers.front(), turns);
  }
  turns.rethrow();
}

}  // namespace warp2vec
