// Batches are short, whatever the settings: between them runs are stopped.
#include <warp2vec/trainer.h>

#include "host/planning/memory_plan.h"
#include "host/training/batch_centres.h"
#include "tests/support/training_outcome.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

SyntheticCorpus corpus_of(std::int64_t words) {
  std::vector<std::string> names;
  for (std::int64_t w = 0; w < words; ++w) names.push_back("w" + std::to_string(w));
  std::vector<std::pair<std::string_view, std::int64_t>> entries;
  for (const std::string& name : names) entries.emplace_back(name, 5);
  return {Vocabulary(entries, 1, 0), {{WordId{0}, WordId{1}}, {2}}};
}

Config config_with(const std::string& loss, Sharing sharing, std::int32_t dim = 100) {
  Config config;
  config.loss = parse_loss(loss);
  config.sharing = sharing;
  config.dim = dim;
  return config;
}

TEST(BatchCentres, AreWholeUnitsWithinTheWork) {
  const Config tiles = config_with("ns", Sharing::tile);
  EXPECT_EQ(batch_unit(tiles), 64);
  EXPECT_EQ(batch_centres(tiles, 10, 64 * 25, 4096), 128);
  EXPECT_EQ(batch_centres(tiles, 10, 1e9, 4096), 4096);
  EXPECT_EQ(batch_centres(tiles, 10, 1, 4096), 64);
  const Config centres = config_with("softmax", Sharing::pair);
  EXPECT_EQ(batch_unit(centres), 1);
  EXPECT_EQ(batch_centres(centres, 10, 35, 4096), 3);
  EXPECT_EQ(batch_centres(centres, 10, 1, 4096), 1);
  EXPECT_EQ(batch_unit(config_with("softmax", Sharing::tile)), 64);
}

TEST(BatchCentres, WorkIsThatOfTheProducts) {
  const SyntheticCorpus corpus = corpus_of(1000);
  const auto work = [&](const Config& config) {
    return work_per_centre(TrainingData(config, corpus.vocabulary, corpus.tokens));
  };
  // 6 pairs of 6 targets; 74 rows and 96 targets of a tile of 64; the rows of softmax with 1,000 words.
  EXPECT_DOUBLE_EQ(work(config_with("ns", Sharing::pair)), 3.0 * 6 * 6 * 100);
  EXPECT_DOUBLE_EQ(work(config_with("ns", Sharing::tile)), 3 * 74.0 / 64 * 96 * 100);
  EXPECT_DOUBLE_EQ(work(config_with("softmax", Sharing::tile)), 3 * 74.0 / 64 * 1000 * 100);
  EXPECT_DOUBLE_EQ(work(config_with("softmax", Sharing::pair)), 3.0 * 6 * 1000 * 100);
  // All words are equally frequent: their paths have 9 or 10 nodes.
  EXPECT_GT(work(config_with("hs", Sharing::pair)), 3.0 * 6 * 9 * 100);
  EXPECT_LT(work(config_with("hs", Sharing::pair)), 3.0 * 6 * 10 * 100);
  Config cbow = config_with("ns", Sharing::pair);
  cbow.model = Architecture::cbow;
  EXPECT_DOUBLE_EQ(work(cbow), 3.0 * 6 * 100);
}

// 71,000 words of 100 dimensions: a tile is the least that can be trained, or without tiles a centre.
TEST(BatchCentres, OfFullSoftmaxAreFew) {
  const SyntheticCorpus corpus = corpus_of(71000);
  const TrainingData tiles(config_with("softmax", Sharing::tile), corpus.vocabulary, corpus.tokens);
  EXPECT_EQ(make_cpu_backend(tiles)->batch_size(), 64);
  EXPECT_EQ(make_reference_backend(tiles)->batch_size(), 64);
  const TrainingData pairs(config_with("softmax", Sharing::pair), corpus.vocabulary, corpus.tokens);
  EXPECT_EQ(make_cpu_backend(pairs)->batch_size(), 2);
  EXPECT_EQ(make_reference_backend(pairs)->batch_size(), 1);
  // A GPU does 1e13 multiply-adds a second, and so 16 tiles of 8e9 in some hundredths.
  EXPECT_EQ(device_batch_centres(config_with("softmax", Sharing::tile), 71000, true), 1024);
  EXPECT_EQ(device_batch_centres(config_with("softmax", Sharing::tile, 300), 3000000, true), 64);
  EXPECT_EQ(device_batch_centres(config_with("softmax", Sharing::pair, 300), 3000000, true), 12);
}

TEST(BatchCentres, OfOtherLossesAreManyUnlessTheirCentresTakeLong) {
  const SyntheticCorpus corpus = corpus_of(1000);
  const auto size = [&](const Config& config) {
    return make_cpu_backend(TrainingData(config, corpus.vocabulary, corpus.tokens))->batch_size();
  };
  for (const char* loss : {"ns", "hs", "ns+hs"})
    for (const Sharing sharing : {Sharing::pair, Sharing::window, Sharing::tile})
      EXPECT_EQ(size(config_with(loss, sharing)), 4096) << loss << to_string(sharing);
  Config long_vectors = config_with("ns", Sharing::pair, 1000);
  long_vectors.window = 10;
  long_vectors.negative = 20;
  EXPECT_LE(size(long_vectors), 432);  // of 11 x 21 x 1,000 x 3 multiply-adds each: 3e8 together
  EXPECT_GT(size(long_vectors), 300);
}

}  // namespace
}  // namespace warp2vec
