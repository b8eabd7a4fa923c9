// Training many pairs from the same values compared with one after the other: `tile` and `window` must give
// vectors as good as those of `pair`, and no longer, even far from the default settings.
// benchmarks/quality_grid does this on real texts and graphs.
#include "tests/support/training_outcome.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

double longest_row(const Matrix& matrix) {
  double longest = 0;
  for (std::int64_t r = 0; r < matrix.rows(); ++r) {
    double square = 0;
    for (std::int32_t d = 0; d < matrix.cols(); ++d)
      square += static_cast<double>(matrix.row(r)[d]) * matrix.row(r)[d];
    longest = std::max(longest, std::sqrt(square));
  }
  return longest;
}

struct Settings {
  const char* loss;
  std::int32_t window;
  std::int32_t negative;
  double lr;
};

Outcome trained(const SyntheticCorpus& corpus, const Settings& settings, Sharing sharing) {
  Config config;
  config.loss = parse_loss(settings.loss);
  config.window = settings.window;
  config.negative = settings.negative;
  config.lr = settings.lr;
  config.sharing = sharing;
  config.dim = 16;
  config.epochs = 2;
  config.sample = 0;
  config.threads = 1;
  return run(corpus, config, make_cpu_backend);
}

std::string text_of(const Settings& settings, Sharing sharing) {
  return std::string(settings.loss) + " window " + std::to_string(settings.window) + " negative " +
         std::to_string(settings.negative) + " lr " + std::to_string(settings.lr) + " " + to_string(sharing);
}

// `tile` and `window` compared with `pair`, which sees the result of each update before the next.
void expect_as_good_as_pairs(const SyntheticCorpus& corpus, const std::vector<Settings>& all,
                             bool has_topics) {
  for (const Settings& settings : all) {
    const Outcome pair = trained(corpus, settings, Sharing::pair);
    const double longest = longest_row(pair.embeddings.input);
    const TopicSimilarity by_pairs = has_topics ? topic_similarity(corpus, pair) : TopicSimilarity{};
    for (const Sharing sharing : {Sharing::tile, Sharing::window}) {
      SCOPED_TRACE(text_of(settings, sharing));
      const Outcome shared = trained(corpus, settings, sharing);
      EXPECT_LT(longest_row(shared.embeddings.input), 1.5 * longest);
      // The losses of the rules differ a little, since they train different negatives.
      EXPECT_LT(shared.summary.epoch_loss.back(), 1.5 * pair.summary.epoch_loss.back());
      if (!has_topics) continue;
      const TopicSimilarity similarity = topic_similarity(corpus, shared);
      EXPECT_GT(similarity.within - similarity.across, 0.85 * (by_pairs.within - by_pairs.across));
    }
  }
}

TEST(Stability, WideWindowsAndManyNegatives) {
  expect_as_good_as_pairs(topic_corpus(10, 30, 2000),
                          {{"ns", 8, 10, 0.025},  // the README's example
                           {"ns", 5, 5, 0.1},
                           {"ns", 10, 10, 0.05},
                           {"ns", 8, 25, 0.025},
                           {"ns", 10, 20, 0.025},
                           {"hs", 5, 5, 0.1},
                           {"hs", 10, 5, 0.05},
                           {"ns+hs", 10, 10, 0.05}},
                          true);
}

TEST(Stability, TextsThatRepeatOneWord) {
  expect_as_good_as_pairs(
      runs_corpus(300, 20000),
      {{"ns", 5, 5, 0.05}, {"ns", 10, 10, 0.025}, {"hs", 5, 5, 0.05}, {"ns+hs", 5, 5, 0.05}}, false);
}

TEST(Stability, TextsInWhichOneOfFewWordsIsRepeated) {
  expect_as_good_as_pairs(runs_corpus(8, 20000),
                          {{"ns", 5, 5, 0.05}, {"hs", 5, 5, 0.05}, {"ns+hs", 5, 5, 0.05}}, false);
}

TEST(Stability, WalksOnAGraph) {
  expect_as_good_as_pairs(walk_corpus(10, 20),
                          {{"ns", 10, 5, 0.05}, {"hs", 10, 5, 0.05}, {"ns", 20, 5, 0.025}}, true);
}

}  // namespace
}  // namespace warp2vec
