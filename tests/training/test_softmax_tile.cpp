#include <warp2vec/trainer.h>

#include "host/training/softmax_tile.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

std::int64_t centres_of(const std::vector<int>& words, const Config& config, int threads = 1) {
  std::vector<WordId> ids;
  ids.reserve(words.size());
  for (const int word : words) ids.push_back(WordId{word});
  return softmax_centres(ids, config, threads);
}

// With a window of 9 and lr 0.025 a centre's 10 pairs are a load of 0.25: five fit into 1.25.
Config config_of(Sharing sharing) {
  Config config;
  config.loss = parse_loss("softmax");
  config.sharing = sharing;
  config.window = 9;
  return config;
}

TEST(SoftmaxTile, EndsWhereAWordWouldBeTooOften) {
  Config config = config_of(Sharing::tile);
  EXPECT_EQ(centres_of({1, 2, 3, 1, 1, 1, 1, 2, 1, 2}, config), 8);
  EXPECT_EQ(centres_of({7, 7, 7, 7, 7, 7, 7}, config), 5);
  EXPECT_EQ(centres_of({7, 7, 7, 7, 7, 7, 7}, config, 2), 2);
  EXPECT_EQ(centres_of({7, 7, 7, 7, 7, 7, 7}, config, 100), 1);
  config.lr = 1;
  EXPECT_EQ(centres_of({7, 7, 7}, config), 1);
}

TEST(SoftmaxTile, HasTheCentresOfATileAtMost) {
  std::vector<int> words(100);
  std::iota(words.begin(), words.end(), 0);
  EXPECT_EQ(centres_of(words, config_of(Sharing::tile)), 64);
  EXPECT_EQ(centres_of({5, 6}, config_of(Sharing::tile)), 2);
  EXPECT_EQ(centres_of(words, config_of(Sharing::pair)), 1);
  EXPECT_EQ(max_softmax_centres(config_of(Sharing::tile)), 64);
  EXPECT_EQ(max_softmax_centres(config_of(Sharing::window)), 1);
}

}  // namespace
}  // namespace warp2vec
