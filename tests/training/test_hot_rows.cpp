#include "host/training/hot_rows.h"
#include "tests/support/synthetic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace warp2vec {
namespace {

TEST(HotRows, OnlyRowsWithTooManyPairsAreDamped) {
  const float lr = 0.05F;
  // A load of 0.2 * lr = 0.01 per pair; the last row's 6 pairs are too few to be stored.
  const HotRows rows(0.2, {400, 200, 99, 6}, lr);
  EXPECT_EQ(rows.view().size, 3);
  EXPECT_FLOAT_EQ(rows.factor(0, 0, lr), 0.25F);
  EXPECT_FLOAT_EQ(rows.factor(1, 0, lr), 0.5F);
  EXPECT_EQ(rows.factor(2, 0, lr), 1.0F);
  EXPECT_EQ(rows.factor(3, 99, lr), 1.0F);
  // The minibatch's own pairs are added.
  EXPECT_FLOAT_EQ(rows.factor(2, 101, lr), 0.5F);
  EXPECT_FLOAT_EQ(rows.factor(3, 200, lr), 0.5F);
  // A lower learning rate needs less of it.
  EXPECT_FLOAT_EQ(rows.factor(0, 0, lr / 2), 0.5F);
  EXPECT_FLOAT_EQ(rows.factor(1, 0, lr / 2), 1.0F);
}

TEST(HotRows, AStepIsNeverSmallerThanThatOfOnePair) {
  const HotRows rows(0.2 * 65, {}, 0.2);  // 64 negatives: a load of 2.6 per pair
  EXPECT_EQ(rows.factor(0, 1, 0.2F), 1.0F);
  EXPECT_FLOAT_EQ(rows.factor(0, 8, 0.2F), 0.125F);
}

// The factor of a row with pairs trained elsewhere only.
float damped(double load_per_pair, double pairs) {
  return static_cast<float>(1 / std::max(1.0, std::min(1.0, load_per_pair) * pairs));
}

/// Codes 0, 10, 11: the root is on all paths, the other node on half of them.
struct ThreeWords {
  Vocabulary vocabulary{{{"a", 50}, {"b", 30}, {"c", 20}}, 1, 0};
  TokenStream tokens;

  ThreeWords() {
    tokens.ids = {WordId{0}, WordId{1}, WordId{2}};
    tokens.ends = {3};
  }
};

// Three words without subsampling: every expected number of pairs follows from the counts by hand.
TEST(HotRows, PairsInFlightFollowFromTheCounts) {
  Config config;
  config.sample = 0;
  config.lr = 1;
  config.window = 5;
  config.negative = 4;
  config.ns_exponent = 1;
  config.loss = parse_loss("ns+hs");
  const ThreeWords text;
  const TrainingData data(config, text.vocabulary, text.tokens);
  const HotMatrices hot(data, {.negatives = 64, .paths = 10});
  const double shares[] = {0.5, 0.3, 0.2};
  for (std::int64_t w = 0; w < 3; ++w) {
    // A centre has window + 1 pairs on average; each gives a context 1 + K gradients, and its target and K
    // negatives one each.
    EXPECT_FLOAT_EQ(hot.input.factor(w, 0, 0.1F), damped(0.02 * 5, 64 * 6 * shares[w])) << w;
    EXPECT_FLOAT_EQ(hot.output.factor(w, 0, 0.1F), damped(0.02, 64 * 6 * (1 + 4) * shares[w])) << w;
    // Codes 0, 10, 11: 1.5 nodes on average.
    EXPECT_FLOAT_EQ(hot.input_under_tree.factor(w, 0, 0.1F), damped(0.05 * 1.5, 10 * 6 * shares[w])) << w;
  }
  EXPECT_FLOAT_EQ(hot.nodes.factor(0, 0, 0.1F), damped(0.05, 10 * 6));
  EXPECT_FLOAT_EQ(hot.nodes.factor(1, 0, 0.1F), damped(0.05, 10 * 6 * 0.5));
  EXPECT_LT(hot.nodes.factor(1, 0, 0.1F), 1.0F);
}

TEST(HotRows, UnderSharingByWindowOutputRowsAreDampedAsNodesAre) {
  Config config;
  config.loss = parse_loss("ns");
  const ThreeWords text;
  for (const Sharing sharing : {Sharing::window, Sharing::tile, Sharing::pair}) {
    config.sharing = sharing;
    const HotMatrices hot(TrainingData(config, text.vocabulary, text.tokens), {});
    EXPECT_FLOAT_EQ(hot.output.factor(0, 1000, 0.1F), 1 / (sharing == Sharing::window ? 50.0F : 20.0F));
  }
}

TEST(HotRows, TheFirstNodesMayHaveOthersInFlight) {
  Config config;
  config.sample = 0;
  config.lr = 1;
  config.loss = parse_loss("hs");
  const ThreeWords text;
  const TrainingData data(config, text.vocabulary, text.tokens);
  const HotMatrices hot(data, {.paths = 10, .top_nodes = 1, .top_paths = 70});
  EXPECT_FLOAT_EQ(hot.nodes.factor(0, 0, 0.1F), damped(0.05, 70 * 6));
  EXPECT_FLOAT_EQ(hot.nodes.factor(1, 0, 0.1F), damped(0.05, 10 * 6 * 0.5));
}

TEST(HotRows, NodesAreCountedByHowOftenTheyAreVisited) {
  Config config;
  config.sample = 0;
  config.loss = parse_loss("hs");
  const Vocabulary vocabulary({{"a", 40}, {"b", 30}, {"c", 20}, {"d", 10}}, 1, 0);
  TokenStream tokens;
  tokens.ids = {WordId{0}, WordId{1}};
  tokens.ends = {2};
  const TrainingData data(config, vocabulary, tokens);  // codes 0, 10, 110, 111: nodes of 1, 0.6 and 0.3
  const CentreShares shares(data);
  EXPECT_EQ(shares.leading_nodes(1.1), 0);
  EXPECT_EQ(shares.leading_nodes(0.99), 1);
  EXPECT_EQ(shares.leading_nodes(0.5), 2);
  EXPECT_EQ(shares.leading_nodes(0.1), 3);
  EXPECT_DOUBLE_EQ(shares.path_nodes_outside_top(0), data.tree.mean_code_length());
  EXPECT_DOUBLE_EQ(shares.path_nodes_outside_top(1), 0.9);
  EXPECT_DOUBLE_EQ(shares.path_nodes_outside_top(2), 0.3);
  EXPECT_EQ(shares.path_nodes_outside_top(4), 0);
}

TEST(HotRows, ANodeHasTheShareOfTheWordsWhosePathsPassIt) {
  Config config;
  config.sample = 1e-4;
  config.loss = parse_loss("hs");
  for (const std::int64_t words : {2, 3, 20, 5000}) {
    const SyntheticCorpus corpus = zipf_corpus(words, 20 * words, 30);
    const TrainingData data(config, corpus.vocabulary, corpus.tokens);
    const CentreShares shares(data);
    const HuffmanView tree = data.tree.view();
    std::vector<double> along_paths(shares.nodes.size());
    double sum = 0;
    for (std::int64_t w = 0; w < tree.words; ++w) {
      const auto word = static_cast<WordId>(w);
      const double share = shares.words[static_cast<std::size_t>(w)];
      sum += share;
      for (int depth = 0; depth < tree.length(word); ++depth)
        along_paths[static_cast<std::size_t>(tree.step(word, depth).node)] += share;
    }
    EXPECT_NEAR(sum, 1, 1e-12);
    ASSERT_EQ(static_cast<std::int64_t>(shares.nodes.size()), data.tree.inner_nodes());
    for (std::size_t node = 0; node < along_paths.size(); ++node)
      EXPECT_NEAR(shares.nodes[node], along_paths[node], 1e-12) << "node " << node << " of " << words;
  }
}

TEST(HotRows, NegativeSamplingHasNoNodes) {
  const SyntheticCorpus corpus = zipf_corpus(20, 400, 30);
  const Config config;
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  EXPECT_TRUE(CentreShares(data).nodes.empty());
}

TEST(HotRows, OrdinaryTextOnOneThreadIsNotDamped) {
  Config config;
  config.sample = 1e-4;
  const SyntheticCorpus corpus = zipf_corpus(5000, 100000, 30);
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  const HotMatrices hot(data, {.negatives = config.centres_per_tile()});
  for (std::int64_t w = 0; w < corpus.vocabulary.size(); ++w) {
    EXPECT_EQ(hot.input.factor(w, 6, 0.025F), 1.0F);
    EXPECT_EQ(hot.output.factor(w, 6, 0.025F), 1.0F);
  }
}

}  // namespace
}  // namespace warp2vec
