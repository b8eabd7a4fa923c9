#include <warp2vec/error.h>

#include "host/cpu/batch_workers.h"
#include "tests/cpu/numbered_batches.h"
#include "tests/support/thrown_message.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

namespace warp2vec {
namespace {

constexpr int kThreads = 4;

// Fails on batch `failing`; counts one pair per token of the others.
BatchWorkers::Train failing_on(std::int64_t failing) {
  return [failing](const Batch& trained) -> Trained {
    if (trained.first == failing * kBatchSize) throw Error("batch " + std::to_string(failing) + " failed");
    return {0, trained.last - trained.first};
  };
}

TEST(BatchWorkers, TrainEveryBatchOnce) {
  BatchWorkers workers(kThreads, [] { return failing_on(-1); });
  for (std::int64_t b = 0; b < 100; ++b) workers.add(batch(b));
  EXPECT_EQ(workers.drain().pairs, 100 * kBatchSize);
  workers.wait();
  EXPECT_EQ(workers.drain().pairs, 0);
}

// The batches beside the failed one can never be trained: add(), drain() and the other workers must not wait
// for them.
TEST(BatchWorkers, AFailureEndsTheTrainingWithItsError) {
  for (const std::int64_t failing : {0, 1, 50}) {
    BatchWorkers workers(kThreads, [failing] { return failing_on(failing); });
    for (std::int64_t b = 0; b < 100; ++b) workers.add(batch(b));
    EXPECT_EQ(thrown_message([&] { workers.drain(); }), "batch " + std::to_string(failing) + " failed");
  }
}

TEST(BatchWorkers, AFailureToStartEndsTheTrainingWithItsError) {
  BatchWorkers workers(kThreads, []() -> BatchWorkers::Train { throw Error("no memory"); });
  for (std::int64_t b = 0; b < 100; ++b) workers.add(batch(b));
  EXPECT_EQ(thrown_message([&] { workers.wait(); }), "no memory");
}

// A run that fails for another reason destroys the workers without asking for their error.
TEST(BatchWorkers, AreDestroyedAfterAFailureThatNobodyAskedFor) {
  BatchWorkers workers(kThreads, [] { return failing_on(1); });
  for (std::int64_t b = 0; b < 3; ++b) workers.add(batch(b));
}

// A batch that is not done is not waited for.
TEST(BatchWorkers, CollectWhatIsDone) {
  std::atomic<bool> released{false};
  BatchWorkers workers(2, [&]() -> BatchWorkers::Train {
    return [&](const Batch& trained) -> Trained {
      if (trained.first == 0) released.wait(false);
      return {0, trained.last - trained.first};
    };
  });
  workers.add(batch(0));
  workers.add(batch(2));
  std::int64_t pairs = 0;
  while (pairs == 0) pairs = workers.collect().pairs;
  EXPECT_EQ(pairs, kBatchSize);
  released = true;
  released.notify_all();
  EXPECT_EQ(workers.drain().pairs, kBatchSize);
}

TEST(BatchWorkers, CollectingThrowsTheErrorOfAWorker) {
  BatchWorkers workers(kThreads, [] { return failing_on(0); });
  workers.add(batch(0));
  std::string message;
  while (message.empty()) message = thrown_message([&] { workers.collect(); });
  EXPECT_EQ(message, "batch 0 failed");
}

TEST(BatchWorkers, LeaveABatchOutThatWouldHaveToWait) {
  std::atomic<bool> released{false};
  BatchWorkers workers(
      1,
      [&]() -> BatchWorkers::Train {
        return [&](const Batch& trained) -> Trained {
          released.wait(false);
          return {0, trained.last - trained.first};
        };
      },
      false);
  const std::function<bool()> stop = [] { return true; };
  Batch waiting = batch(1);
  waiting.stop = &stop;
  workers.add(batch(0));
  EXPECT_THROW(workers.add(waiting), LeftOut);
  released = true;
  released.notify_all();
  EXPECT_EQ(workers.drain().pairs, kBatchSize);
}

}  // namespace
}  // namespace warp2vec
