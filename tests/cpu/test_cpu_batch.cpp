#include <warp2vec/detail/examples.h>
#include <warp2vec/trainer.h>

#include "host/cpu/cpu_batch.h"
#include "tests/support/synthetic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace warp2vec {
namespace {

TEST(CpuBatch, WindowsAreTheDefinition) {
  const SyntheticCorpus corpus = zipf_corpus(300, 30000, 200);
  for (const double sample : {0.0, 1e-2, 1e-4, 1e-7}) {  // at 1e-7 kept tokens are some 200 positions apart
    for (const bool shrink : {true, false}) {
      Config config;
      config.sample = sample;
      config.shrink_window = shrink;
      const TrainingData data(config, corpus.vocabulary, corpus.tokens);
      const Draws draws{config.seed, 3};
      const KeptTokens kept(corpus.tokens, data.keep_thresholds, draws, config.max_sentence, 1);
      ASSERT_GT(kept.size(), 20);
      KeptSpan all;
      kept.read(0, kept.size(), all);
      CpuBatch batch(data);
      for (std::int64_t first = 0; first < kept.size(); first += 1000) {
        batch.read({&kept, first, std::min(kept.size(), first + 1000)});
        ASSERT_EQ(batch.ordinal(batch.begin()), first);
        std::int64_t pairs = 0;
        for (std::int64_t i = batch.begin(); i < batch.end(); ++i) {
          const std::int64_t ordinal = batch.ordinal(i);
          const std::int64_t position = all.positions[static_cast<std::size_t>(ordinal)];
          const KeptRange expected =
              all.around(ordinal, window_width(draws, position, config.window, shrink));
          ASSERT_EQ(batch.position(i), position);
          ASSERT_EQ(batch.ordinal(batch.window(i).begin), expected.begin) << sample << " " << ordinal;
          ASSERT_EQ(batch.ordinal(batch.window(i).end), expected.end) << sample << " " << ordinal;
          pairs += expected.size() - 1;
        }
        EXPECT_EQ(batch.pairs(), pairs);
      }
    }
  }
}

}  // namespace
}  // namespace warp2vec
