#include "host/cpu/batch_queue.h"
#include "tests/cpu/numbered_batches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace warp2vec {
namespace {

std::int64_t number_of(const Batch& batch) { return batch.first / kBatchSize; }

TEST(BatchQueue, OneWorkerTrainsInOrder) {
  BatchQueue queue(1);
  for (std::int64_t next = 0; next < 5; ++next) {
    queue.add(batch(next));
    const Batch taken = queue.take();
    EXPECT_EQ(number_of(taken), next);
    queue.finish(taken);
  }
  EXPECT_TRUE(queue.idle());
}

TEST(BatchQueue, NeighboursAreNotTrainedAtTheSameTime) {
  for (const int workers : {2, 3, 8}) {
    BatchQueue queue(workers);
    std::vector<Batch> training;
    std::vector<std::int64_t> order;
    std::int64_t next = 0;
    for (int round = 0; round < 200; ++round) {
      while (!queue.full()) queue.add(batch(next++));
      ASSERT_TRUE(queue.ready()) << workers << " workers, round " << round;
      const Batch taken = queue.take();
      for (const Batch& other : training)
        EXPECT_NE(std::abs(number_of(taken) - number_of(other)), 1) << workers << " workers, round " << round;
      order.push_back(number_of(taken));
      training.push_back(taken);
      if (static_cast<int>(training.size()) < workers) continue;
      const auto finished = training.begin() + round * 7 % workers;
      queue.finish(*finished);
      training.erase(finished);
    }
    std::vector<std::int64_t> sorted = order;
    std::sort(sorted.begin(), sorted.end());
    EXPECT_EQ(std::unique(sorted.begin(), sorted.end()), sorted.end());
    for (std::size_t i = 0; i < order.size(); ++i)  // learning rates follow positions in the text
      EXPECT_LE(std::abs(order[i] - static_cast<std::int64_t>(i)), 4 * workers) << workers << " workers";
  }
}

TEST(BatchQueue, WhatIsBesideABatchInTrainingWaits) {
  BatchQueue queue(2);
  queue.add(batch(0));
  queue.add(batch(1));
  const Batch first = queue.take();
  EXPECT_FALSE(queue.ready());
  EXPECT_FALSE(queue.empty());
  queue.finish(first);
  ASSERT_TRUE(queue.ready());
  const Batch second = queue.take();
  EXPECT_EQ(number_of(second), 1);
  EXPECT_TRUE(queue.empty());
  EXPECT_FALSE(queue.idle());
  queue.finish(second);
  EXPECT_TRUE(queue.idle());
}

// Full softmax: a run stops when the batches in training are done.
TEST(BatchQueue, LongBatchesAreNotKeptApartAndDoNotWait) {
  BatchQueue queue(2, false);
  queue.add(batch(0));
  const Batch first = queue.take();
  EXPECT_FALSE(queue.full());
  queue.add(batch(1));
  EXPECT_TRUE(queue.full());
  ASSERT_TRUE(queue.ready());
  EXPECT_EQ(number_of(queue.take()), 1);
  EXPECT_TRUE(queue.full());
  queue.finish(first);
  EXPECT_FALSE(queue.full());
}

}  // namespace
}  // namespace warp2vec
