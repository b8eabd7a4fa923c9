#include <warp2vec/detail/numerics.h>
#include <warp2vec/detail/random.h>
#include <warp2vec/detail/samplers.h>
#include <warp2vec/error.h>

#include "tests/support/zipf_counts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <queue>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

using Counts = std::vector<std::int64_t>;
using Wide = unsigned __int128;

WordId word(std::size_t id) { return static_cast<WordId>(static_cast<std::int32_t>(id)); }

Counts fibonacci_counts(int words) {
  Counts counts{1, 1};
  while (static_cast<int>(counts.size()) < words) counts.push_back(counts.back() + counts[counts.size() - 2]);
  return {counts.rbegin(), counts.rend()};
}

// Total path length of an optimal tree, built with a heap.
Wide optimal_cost(const Counts& counts) {
  std::priority_queue<std::int64_t, Counts, std::greater<>> heap(counts.begin(), counts.end());
  Wide cost = 0;
  while (heap.size() > 1) {
    std::int64_t merged = heap.top();
    heap.pop();
    merged += heap.top();
    heap.pop();
    heap.push(merged);
    cost += static_cast<Wide>(merged);
  }
  return cost;
}

// The tree that the codes spell, with its inner nodes numbered level by level from left to right.
class ExplicitTree {
 public:
  explicit ExplicitTree(const HuffmanView& tree) {
    for (std::size_t w = 0; w < static_cast<std::size_t>(tree.words); ++w) {
      const int length = tree.length(word(w));
      std::size_t at = 0;
      for (int depth = 0; depth < length; ++depth) {
        const auto bit = static_cast<std::size_t>((tree.code(word(w)) >> (length - 1 - depth)) & 1U);
        if (nodes_[at].child[bit] == 0) {
          nodes_[at].child[bit] = nodes_.size();
          nodes_.emplace_back();
        }
        at = nodes_[at].child[bit];
      }
      EXPECT_EQ(nodes_[at].word, -1);
      nodes_[at].word = static_cast<std::int64_t>(w);
    }
    std::queue<std::size_t> level_order({0});
    for (; !level_order.empty(); level_order.pop()) {
      Node& node = nodes_[level_order.front()];
      if (node.word >= 0) {
        EXPECT_TRUE(node.child[0] == 0 && node.child[1] == 0) << "a leaf has children";
        leaves_.push_back(node.word);
        continue;
      }
      EXPECT_TRUE(node.child[0] != 0 && node.child[1] != 0) << "an inner node has one child";
      node.id = inner_++;
      for (const std::size_t child : node.child) level_order.push(child);
    }
  }

  std::int64_t inner_nodes() const { return inner_; }
  // Words in level order.
  const std::vector<std::int64_t>& leaves() const { return leaves_; }

  void expect_steps(const HuffmanView& tree, std::size_t w) const {
    std::size_t at = 0;
    for (int depth = 0; depth < tree.length(word(w)); ++depth) {
      const PathStep step = tree.step(word(w), depth);
      ASSERT_EQ(step.node, nodes_[at].id) << "word " << w << ", depth " << depth;
      at = nodes_[at].child[step.right ? 1 : 0];
    }
    ASSERT_EQ(nodes_[at].word, static_cast<std::int64_t>(w));
  }

 private:
  struct Node {
    std::size_t child[2] = {0, 0};
    std::int64_t word = -1;
    std::int64_t id = -1;
  };
  std::vector<Node> nodes_{Node{}};
  std::vector<std::int64_t> leaves_;
  std::int64_t inner_ = 0;
};

// Checks everything that makes it the canonical Huffman tree of `counts`.
void expect_canonical(const Counts& counts) {
  SCOPED_TRACE(std::to_string(counts.size()) + " words");
  const HuffmanTree owner(counts);
  const HuffmanView tree = owner.view();
  ASSERT_EQ(tree.words, static_cast<std::int64_t>(counts.size()));
  ASSERT_EQ(owner.inner_nodes(), tree.words - 1);

  Wide kraft = 0;  // in units of 2^-64
  Wide cost = 0;
  for (std::size_t w = 0; w < counts.size(); ++w) {
    const int length = tree.length(word(w));
    ASSERT_GE(length, 1);
    ASSERT_LE(length, kMaxCodeLength);
    kraft += Wide{1} << (kMaxCodeLength - length);
    cost += static_cast<Wide>(counts[w]) * static_cast<Wide>(length);
    if (w == 0) continue;
    // Leaves are ordered by id from left to right.
    const int length_before = tree.length(word(w - 1));
    ASSERT_LE(length_before, length);
    ASSERT_LT(tree.code(word(w - 1)) << (kMaxCodeLength - length_before), tree.code(word(w))
                                                                              << (kMaxCodeLength - length));
  }
  EXPECT_TRUE(kraft == Wide{1} << kMaxCodeLength);
  EXPECT_TRUE(cost == optimal_cost(counts));
  const auto total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  EXPECT_NEAR(owner.mean_code_length(), static_cast<double>(cost) / total, 1e-9);

  const ExplicitTree walked(tree);
  EXPECT_EQ(walked.inner_nodes(), owner.inner_nodes());
  for (std::size_t i = 0; i < counts.size(); ++i) ASSERT_EQ(walked.leaves()[i], static_cast<std::int64_t>(i));
  std::vector<bool> used(static_cast<std::size_t>(owner.inner_nodes()));
  for (std::size_t w = 0; w < counts.size(); ++w) {
    walked.expect_steps(tree, w);
    ASSERT_EQ(tree.step(word(w), 0).node, 0);
    for (int depth = 0; depth < tree.length(word(w)); ++depth)
      used.at(static_cast<std::size_t>(tree.step(word(w), depth).node)) = true;
  }
  for (const bool node : used) EXPECT_TRUE(node);
}

TEST(HuffmanTree, IsTheCanonicalOne) {
  expect_canonical({1, 1});
  expect_canonical({1000, 1});
  expect_canonical({1, 1, 1});
  expect_canonical({8, 4, 2, 1, 1});
  expect_canonical({6, 5, 4, 3, 2, 1});
  expect_canonical(Counts(1000, 7));
  expect_canonical(Counts(1024, 1));
  expect_canonical({std::int64_t{1} << 61, std::int64_t{1} << 61, std::int64_t{1} << 61, 3});
  expect_canonical(zipf_counts(1000));
  expect_canonical(zipf_counts(46677));
}

TEST(HuffmanTree, AWellKnownExample) {
  const HuffmanTree owner(Counts{5, 2, 1, 1});
  const HuffmanView tree = owner.view();
  EXPECT_EQ(tree.code(WordId{0}), 0b0U);
  EXPECT_EQ(tree.code(WordId{1}), 0b10U);
  EXPECT_EQ(tree.code(WordId{2}), 0b110U);
  EXPECT_EQ(tree.code(WordId{3}), 0b111U);
  EXPECT_DOUBLE_EQ(owner.mean_code_length(), (5 * 1 + 2 * 2 + 3 + 3) / 9.0);
  const PathStep last = tree.step(WordId{3}, 2);
  EXPECT_EQ(last.node, 2);
  EXPECT_TRUE(last.right);
  EXPECT_FALSE(tree.step(WordId{2}, 2).right);
}

TEST(HuffmanTree, NodesKnowTheirDepth) {
  for (const Counts& counts :
       {Counts{3, 1}, Counts{5, 2, 2, 1, 1}, fibonacci_counts(40), zipf_counts(3000)}) {
    const HuffmanTree tree(counts);
    const HuffmanView view = tree.view();
    int longest = 0;
    for (std::size_t w = 0; w < counts.size(); ++w) {
      longest = std::max(longest, view.length(word(w)));
      for (int depth = 0; depth < view.length(word(w)); ++depth)
        ASSERT_EQ(view.depth_of(view.step(word(w), depth).node), depth);
    }
    EXPECT_EQ(view.longest(), longest);
  }
}

TEST(HuffmanTree, DeepTreesWorkUpToTheLengthOfACode) {
  for (const int depth : {60, 63, 64}) {
    const Counts counts = fibonacci_counts(depth + 1);
    EXPECT_EQ(HuffmanTree(counts).view().length(word(counts.size() - 1)), depth);
    expect_canonical(counts);
  }
}

// exp(-loss) of hierarchical softmax: P(word | x) is a distribution over the vocabulary for any scores.
TEST(HuffmanTree, PathProbabilitiesSumToOne) {
  for (const Counts& counts : {zipf_counts(5000), fibonacci_counts(65), Counts{2, 1}}) {
    const HuffmanTree owner(counts);
    const HuffmanView tree = owner.view();
    for (const std::uint64_t seed : {1, 2, 3}) {
      const Draws draws{seed, 0};
      double sum = 0;
      for (std::size_t w = 0; w < counts.size(); ++w) {
        double p = 1;
        for (int depth = 0; depth < tree.length(word(w)); ++depth) {
          const PathStep step = tree.step(word(w), depth);
          const std::uint32_t random =
              draws.u32(Stream::initial_weights, static_cast<std::uint64_t>(step.node));
          const double score = 12.0 * double{to_unit(random)} - 6;
          p *= sigmoid(step.right ? -score : score);
        }
        sum += p;
      }
      EXPECT_NEAR(sum, 1, 1e-12);
    }
  }
}

std::string complaint(const Counts& counts) {
  try {
    const HuffmanTree tree(counts);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(HuffmanTree, BadInputIsAnError) {
  EXPECT_NE(complaint(fibonacci_counts(66)).find("65 levels deep, at most 64"), std::string::npos);
  EXPECT_NE(complaint({}).find("needs at least two words"), std::string::npos);
  EXPECT_NE(complaint({5}).find("needs at least two words"), std::string::npos);
  EXPECT_NE(complaint({5, 4, 6}).find("word 2 is above"), std::string::npos);
  EXPECT_NE(complaint({5, 4, 0}).find("word 2 is 0"), std::string::npos);
  EXPECT_NE(complaint({std::int64_t{1} << 62, std::int64_t{1} << 62}).find("2^63"), std::string::npos);
}

using Lengths = std::vector<std::uint8_t>;

Lengths lengths_of(const HuffmanTree& tree) {
  return {tree.view().code_lengths, tree.view().code_lengths + tree.view().words};
}

TEST(HuffmanTree, FollowsFromItsCodeLengths) {
  for (const Counts& counts : {Counts{1, 1}, Counts{5, 2, 1, 1}, zipf_counts(5000), fibonacci_counts(65)}) {
    const HuffmanTree tree(counts);
    const HuffmanTree again(counts, lengths_of(tree));
    EXPECT_EQ(lengths_of(again), lengths_of(tree));
    EXPECT_EQ(again.mean_code_length(), tree.mean_code_length());
    for (std::size_t w = 0; w < counts.size(); ++w) {
      ASSERT_EQ(again.view().code(word(w)), tree.view().code(word(w)));
      for (int depth = 0; depth < tree.view().length(word(w)); ++depth) {
        ASSERT_EQ(again.view().step(word(w), depth).node, tree.view().step(word(w), depth).node);
        ASSERT_EQ(again.view().step(word(w), depth).right, tree.view().step(word(w), depth).right);
      }
    }
  }
}

// The lengths of a tree other than that of the counts, as a file may have them.
TEST(HuffmanTree, CodeLengthsNeedNotBeOptimal) {
  const HuffmanTree owner(Counts{5, 2, 1, 1}, {2, 2, 2, 2});
  EXPECT_EQ(owner.view().code(WordId{3}), 0b11U);
  EXPECT_EQ(owner.view().step(WordId{3}, 1).node, 2);
  EXPECT_EQ(owner.mean_code_length(), 2);
}

TEST(HuffmanTree, CodeLengthsOfNoTreeAreAnError) {
  const auto refused = [](const Lengths& lengths) {
    try {
      const HuffmanTree tree(Counts(4, 1), lengths);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refused({1, 2, 3, 3}), "");
  EXPECT_NE(refused({1, 2, 3}).find("3 code lengths for 4 words"), std::string::npos);
  for (const Lengths& lengths : std::vector<Lengths>{{0, 2, 3, 3},
                                                     {0, 0, 0, 0},
                                                     {1, 1, 2, 2},
                                                     {1, 2, 2, 3},
                                                     {1, 2, 3, 4},
                                                     {2, 2, 2, 3},
                                                     {2, 1, 3, 3},
                                                     {3, 3, 2, 1},
                                                     {64, 64, 64, 64},
                                                     {1, 2, 255, 255}})
    EXPECT_NE(refused(lengths).find("do not fit"), std::string::npos) << testing::PrintToString(lengths);
  Lengths deep;
  for (std::uint8_t length = 1; length <= 65; ++length) deep.push_back(length);
  deep.push_back(65);
  EXPECT_THROW(HuffmanTree(Counts(66, 1), deep), Error);
}

}  // namespace
}  // namespace warp2vec
