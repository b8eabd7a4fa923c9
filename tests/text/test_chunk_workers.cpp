#include "host/text/chunk_workers.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace warp2vec {
namespace {

using Action = std::function<void(const Chunk&)>;

class WorkerOf : public ChunkWorker {
 public:
  WorkerOf(Action process, Action commit, std::function<void()> finish)
      : process_(std::move(process)), commit_(std::move(commit)), finish_(std::move(finish)) {}
  void process(const Chunk& chunk) override { process_(chunk); }
  void commit(const Chunk& chunk) override { commit_(chunk); }
  void finish() override { finish_(); }

 private:
  Action process_;
  Action commit_;
  std::function<void()> finish_;
};

// One line of `chunks` words, each of which is a chunk.
class ChunkWorkers : public testing::Test {
 protected:
  void process_words(
      std::int64_t chunks, int threads, const Action& process, const Action& commit,
      const std::function<void()>& finish = [] {}) {
    std::string line;
    for (std::int64_t i = 0; i < chunks; ++i) line += i + 1 < chunks ? "word " : "word";
    const Corpus corpus({folder_.write("line", line)});
    ChunkReader reader(corpus, 5);
    std::vector<std::unique_ptr<ChunkWorker>> workers(static_cast<std::size_t>(threads));
    for (auto& worker : workers) worker = std::make_unique<WorkerOf>(process, commit, finish);
    process_chunks(reader, workers);
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(ChunkWorkers, CommitsComeOnceEachInOrderOneAtATime) {
  for (const int threads : {1, 2, 3, 8}) {
    std::vector<std::int64_t> committed;  // unguarded: commits must not overlap
    process_words(
        500, threads, [](const Chunk&) {}, [&](const Chunk& chunk) { committed.push_back(chunk.index); });
    std::vector<std::int64_t> expected(500);
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(committed, expected);
  }
}

TEST_F(ChunkWorkers, ASingleLineKeepsAllThreadsBusyAtOnce) {
  std::mutex mutex;
  std::condition_variable changed;
  int inside = 0;
  bool met = true;
  const auto wait_for_the_others = [&](const Chunk& chunk) {
    if (chunk.index >= 3) return;
    std::unique_lock lock(mutex);
    ++inside;
    changed.notify_all();
    met = changed.wait_for(lock, std::chrono::seconds(20), [&] { return inside == 3; }) && met;
  };
  process_words(6, 3, wait_for_the_others, [](const Chunk&) {});
  EXPECT_TRUE(met);
  EXPECT_EQ(inside, 3);
}

TEST_F(ChunkWorkers, TheFirstFailureInTheOrderOfTheTextReachesTheCallerAsItIs) {
  for (const int threads : {1, 2, 3, 8}) {
    std::int64_t commits = 0;
    const auto fail = [](const Chunk& chunk) {
      // The later chunk fails first in time.
      if (chunk.index == 40) std::this_thread::sleep_for(std::chrono::milliseconds(20));
      if (chunk.index == 40 || chunk.index == 41) throw std::out_of_range(std::to_string(chunk.index));
    };
    try {
      process_words(1000, threads, fail, [&](const Chunk&) { ++commits; });
      ADD_FAILURE() << "nothing thrown";
    } catch (const std::out_of_range& error) {
      EXPECT_STREQ(error.what(), "40");
    }
    EXPECT_EQ(commits, 40);
  }
}

TEST_F(ChunkWorkers, AFailingCommitEndsTheWork) {
  for (const int threads : {1, 2, 3, 8}) {
    std::int64_t commits = 0;
    const auto commit = [&](const Chunk&) {
      if (++commits == 7) throw 7;
    };
    EXPECT_THROW(process_words(
                     1000, threads, [](const Chunk&) {}, commit),
                 int);
    EXPECT_EQ(commits, 7);
  }
}

TEST_F(ChunkWorkers, EachWorkerFinishesOnceUnlessSomethingFailed) {
  for (const int threads : {1, 2, 3, 8}) {
    std::atomic<int> finished = 0;
    const auto finish = [&] { ++finished; };
    process_words(
        20, threads, [](const Chunk&) {}, [](const Chunk&) {}, finish);
    EXPECT_EQ(finished, threads);
    EXPECT_THROW(process_words(
                     20, threads, [](const Chunk&) {}, [](const Chunk&) {}, [] { throw 7; }),
                 int);
  }
  bool finished = false;
  EXPECT_THROW(process_words(
                   20, 1, [](const Chunk&) {}, [](const Chunk&) { throw 7; }, [&] { finished = true; }),
               int);
  EXPECT_FALSE(finished);
}

}  // namespace
}  // namespace warp2vec
