#include <warp2vec/graph.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

using Nodes = std::vector<std::int32_t>;

Nodes walk(const Walks& walks, std::int64_t index) {
  Nodes nodes;
  std::vector<std::size_t> ends;
  walks.append(index, index + 1, nodes, ends);
  EXPECT_THAT(ends, ElementsAre(nodes.size()));
  return nodes;
}

WalkSettings settings(double p, double q, std::int32_t walk_length, std::int32_t num_walks) {
  WalkSettings made;
  made.p = p;
  made.q = q;
  made.walk_length = walk_length;
  made.num_walks = num_walks;
  return made;
}

Graph star(std::int32_t leaves) {
  Nodes hub(static_cast<std::size_t>(leaves), 0);
  Nodes others(hub.size());
  for (std::int32_t leaf = 0; leaf < leaves; ++leaf) others[static_cast<std::size_t>(leaf)] = leaf + 1;
  return Graph::of_edges(hub, others);
}

// Two cliques with an edge or two between them, a tail and a loop: nodes of few and of many arcs.
constexpr std::int32_t kNodes = 18;
using Matrix18 = std::array<std::array<double, kNodes>, kNodes>;

struct Case {
  bool directed;
  bool weighted;
  double p;
  double q;
};

std::string name_of(const testing::TestParamInfo<Case>& info) {
  const auto number = [](double x) {
    std::string text = std::to_string(x).substr(0, 4);
    std::replace(text.begin(), text.end(), '.', '_');
    return text;
  };
  return std::string(info.param.directed ? "Directed" : "Undirected") +
         (info.param.weighted ? "Weighted" : "") + "P" + number(info.param.p) + "Q" + number(info.param.q);
}

class WalkProbabilities : public testing::TestWithParam<Case> {
 protected:
  WalkProbabilities() {
    std::mt19937 random(3);
    const auto add = [&](std::int32_t from, std::int32_t to) {
      if (GetParam().directed && random() % 4 == 0) std::swap(from, to);
      from_.push_back(from);
      to_.push_back(to);
      weights_.push_back(GetParam().weighted ? static_cast<float>(1 + random() % 9) / 4 : 1);
      const auto f = static_cast<std::size_t>(from);
      const auto t = static_cast<std::size_t>(to);
      exact_[f][t] += weights_.back();
      if (!GetParam().directed && from != to) exact_[t][f] += weights_.back();
    };
    for (std::int32_t a = 0; a < 8; ++a)
      for (std::int32_t b = a + 1; b < 8; ++b) add(a, b);
    for (std::int32_t a = 8; a < 15; ++a)
      for (std::int32_t b = a + 1; b < 15; ++b)
        if ((a + b) % 3 != 0) add(a, b);
    if (GetParam().directed)  // the way back
      for (std::int32_t a = 1; a < 18; ++a) add(a, a - 1);
    for (const auto& [a, b] :
         {std::pair(0, 8), {3, 9}, {3, 3}, {12, 15}, {15, 16}, {16, 17}, {17, 15}, {2, 14}})
      add(a, b);
  }

  // Of x after t and v, unnormalised; straight from the definition.
  double probability(std::int32_t t, std::int32_t v, std::int32_t x) const {
    const auto at = [this](std::int32_t a, std::int32_t b) {
      return exact_[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)];
    };
    if (t < 0) return at(v, x);
    return at(v, x) * (x == t ? 1 / GetParam().p : at(t, x) > 0 ? 1 : 1 / GetParam().q);
  }

  Nodes from_, to_;
  std::vector<float> weights_;
  Matrix18 exact_{};
};

TEST_P(WalkProbabilities, AreExact) {
  const Graph graph = Graph::of_edges(from_, to_, weights_, GetParam().directed, kNodes);
  const Walks walks(graph, settings(GetParam().p, GetParam().q, 60, 1500));
  std::map<std::pair<std::int32_t, std::int32_t>, std::array<double, kNodes>> seen;
  for (std::int64_t i = 0; i < walks.size(); ++i) {
    const Nodes nodes = walk(walks, i);
    std::int32_t t = -1;
    for (std::size_t at = 0; at + 1 < nodes.size(); ++at) {
      ++seen[{t, nodes[at]}][static_cast<std::size_t>(nodes[at + 1])];
      t = nodes[at];
    }
  }
  double chi_squared = 0;
  int degrees = 0;
  for (const auto& [come, counts] : seen) {
    double sum = 0;
    double all = 0;
    for (std::int32_t x = 0; x < kNodes; ++x) {
      sum += probability(come.first, come.second, x);
      all += counts[static_cast<std::size_t>(x)];
    }
    for (std::int32_t x = 0; x < kNodes; ++x) {
      const double expected = all * probability(come.first, come.second, x) / sum;
      const double found = counts[static_cast<std::size_t>(x)];
      ASSERT_FALSE(expected == 0 && found > 0) << come.first << " " << come.second << " " << x;
      if (expected < 5) continue;
      chi_squared += (found - expected) * (found - expected) / expected;
      ++degrees;
    }
    --degrees;
  }
  EXPECT_GT(degrees, 50);
  // Five standard deviations.
  EXPECT_LT(chi_squared, degrees + 5 * std::sqrt(2.0 * degrees));
  EXPECT_GT(chi_squared, degrees - 6 * std::sqrt(2.0 * degrees));
}

INSTANTIATE_TEST_SUITE_P(All, WalkProbabilities,
                         testing::Values(Case{false, false, 1, 1}, Case{false, false, 0.25, 4},
                                         Case{false, false, 4, 0.25}, Case{false, false, 0.05, 0.5},
                                         Case{false, true, 1, 1}, Case{false, true, 0.25, 2},
                                         Case{false, true, 2, 0.05}, Case{true, false, 0.5, 2},
                                         Case{true, false, 4, 0.25}, Case{true, true, 1, 1},
                                         Case{true, true, 0.1, 3}, Case{true, true, 3, 0.1}),
                         name_of);

TEST(Walks, OneStartsAtEachNodeInEveryRoundInAnotherOrder) {
  for (const std::int64_t nodes : {1, 2, 3, 17, 1000}) {
    const Graph graph = Graph::of_edges(Nodes{}, Nodes{}, {}, false, nodes);
    const Walks walks(graph, settings(1, 1, 5, 3));
    EXPECT_EQ(walks.size(), 3 * nodes);
    std::set<Nodes> orders;
    for (std::int64_t round = 0; round < 3; ++round) {
      Nodes starts;
      for (std::int64_t i = 0; i < nodes; ++i) {
        const Nodes one = walk(walks, round * nodes + i);
        ASSERT_THAT(one, SizeIs(1));  // there are no arcs
        starts.push_back(one.front());
      }
      orders.insert(starts);
      std::sort(starts.begin(), starts.end());
      for (std::int64_t i = 0; i < nodes; ++i) ASSERT_EQ(starts[static_cast<std::size_t>(i)], i);
    }
    if (nodes >= 17) {
      EXPECT_THAT(orders, SizeIs(3));
    }
  }
}

TEST(Walks, AnyNodeMayBeAnywhereInTheOrder) {
  constexpr std::int64_t kRounds = 6000;
  constexpr std::int64_t kStarts = 40;
  const Graph graph = Graph::of_edges(Nodes{}, Nodes{}, {}, false, kStarts);
  const Walks walks(graph, settings(1, 1, 1, kRounds));
  std::map<std::pair<std::int64_t, std::int32_t>, double> found;
  for (std::int64_t i = 0; i < walks.size(); ++i) ++found[{i % kStarts, walk(walks, i).front()}];
  ASSERT_THAT(found, SizeIs(kStarts * kStarts));
  constexpr double kExpected = static_cast<double>(kRounds) / kStarts;
  double chi_squared = 0;
  for (const auto& [place, count] : found)
    chi_squared += (count - kExpected) * (count - kExpected) / kExpected;
  constexpr double kDegrees = (kStarts - 1) * (kStarts - 1);
  EXPECT_LT(chi_squared, kDegrees + 5 * std::sqrt(2 * kDegrees));
}

TEST(Walks, AllOrdersOfFewNodesAreAsLikely) {
  for (const std::int64_t nodes : {2, 3, 4, 5}) {
    const Graph graph = Graph::of_edges(Nodes{}, Nodes{}, {}, false, nodes);
    double orders = 1;
    for (std::int64_t i = 2; i <= nodes; ++i) orders *= static_cast<double>(i);
    constexpr double kExpected = 200;
    const Walks walks(graph, settings(1, 1, 1, static_cast<std::int32_t>(orders * kExpected)));
    Nodes starts;
    std::vector<std::size_t> ends;
    walks.append(0, walks.size(), starts, ends);
    std::map<Nodes, double> found;
    for (auto at = starts.begin(); at != starts.end(); at += nodes) ++found[Nodes(at, at + nodes)];
    ASSERT_THAT(found, SizeIs(static_cast<std::size_t>(orders)));
    double chi_squared = 0;
    for (const auto& [order, count] : found)
      chi_squared += (count - kExpected) * (count - kExpected) / kExpected;
    EXPECT_LT(chi_squared, orders - 1 + 5 * std::sqrt(2 * (orders - 1))) << nodes;
  }
}

TEST(Walks, EndWhereNoArcGoesOn) {
  const Graph graph = Graph::of_edges(Nodes{0, 1}, Nodes{1, 2}, {}, true, 4);
  const Walks walks(graph, settings(0.5, 2, 10, 1));
  std::map<std::int32_t, Nodes> from;
  for (std::int64_t i = 0; i < walks.size(); ++i) from[walk(walks, i).front()] = walk(walks, i);
  EXPECT_THAT(from[0], ElementsAre(0, 1, 2));
  EXPECT_THAT(from[1], ElementsAre(1, 2));
  EXPECT_THAT(from[2], ElementsAre(2));
  EXPECT_THAT(from[3], ElementsAre(3));
}

TEST(Walks, HubsOfManyArcs) {
  constexpr std::int32_t kLeaves = 100000;
  const Graph graph = star(kLeaves);
  // Rejected 100,000 times in a row but for the exact draw, and hardly ever sent back.
  for (const auto& [p, q] : {std::pair(1.0, 1.0), {1e6, 1.0}, {1e-6, 1.0}, {1e3, 1e3}, {1e-3, 1e3}}) {
    const Walks walks(graph, settings(p, q, 5, 1));
    std::int64_t returns = 0;
    for (std::int64_t i = 0; i < 300; ++i) {
      const Nodes nodes = walk(walks, i);
      ASSERT_THAT(nodes, SizeIs(5));
      for (std::size_t at = 2; at < nodes.size(); ++at)
        if (nodes[at - 1] == 0 && nodes[at] == nodes[at - 2]) ++returns;
    }
    // A leaf is left for the hub; the hub for the leaf before with 1/p against 100,000/q.
    if (p == 1e-6) {
      EXPECT_GT(returns, 300);
    } else if (p >= 1) {
      EXPECT_LT(returns, 5);
    }
  }
}

TEST(Walks, AreTheSameForAnyNumberOfThreads) {
  std::mt19937 random(1);
  Nodes from, to;
  std::vector<float> weights;
  for (int i = 0; i < 6000; ++i) {
    from.push_back(static_cast<std::int32_t>(random() % 1500));
    to.push_back(static_cast<std::int32_t>(random() % 2000));
    weights.push_back(static_cast<float>(1 + random() % 5));
  }
  const Graph graph = Graph::of_edges(from, to, weights, true, 2001);
  const Walks walks(graph, settings(0.5, 2, 20, 2));
  const CorpusCounts counts = count_words(walks, 1, 0, 1);
  EXPECT_EQ(counts.num_ids, 2001);
  EXPECT_EQ(counts.types, 2001);  // each node begins walks
  const TokenStream tokens = encode(walks, counts.vocabulary, 1);
  EXPECT_EQ(tokens.tokens(), counts.tokens);
  EXPECT_THAT(tokens.ends, SizeIs(4002));
  Nodes all;
  for (std::int64_t i = 0; i < walks.size(); ++i) {
    const Nodes one = walk(walks, i);
    all.insert(all.end(), one.begin(), one.end());
    ASSERT_EQ(tokens.ends[static_cast<std::size_t>(i)], std::ssize(all));
  }
  for (std::size_t i = 0; i < all.size(); ++i)
    ASSERT_EQ(counts.vocabulary.word(tokens.ids[i]), std::to_string(all[i]));
  for (const int threads : {2, 3, 8}) {
    EXPECT_TRUE(std::ranges::equal(count_words(walks, 1, 0, threads).vocabulary.counts(),
                                   counts.vocabulary.counts()));
    const TokenStream same = encode(walks, counts.vocabulary, threads);
    EXPECT_EQ(same.ids, tokens.ids);
    EXPECT_EQ(same.ends, tokens.ends);
  }
  WalkSettings other = walks.settings();
  other.seed = 2;
  EXPECT_NE(encode(Walks(graph, other), counts.vocabulary, 2).ids, tokens.ids);
}

TEST(Walks, OtherSeedsGiveOtherWays) {
  const Graph graph = star(1000);
  const auto from_hub = [&graph](std::uint64_t seed) {
    WalkSettings some;
    some.seed = seed;
    const Walks walks(graph, some);
    for (std::int64_t i = 0;; ++i)
      if (walk(walks, i).front() == 0) return walk(walks, i);
  };
  EXPECT_EQ(from_hub(1), from_hub(1));
  EXPECT_NE(from_hub(1), from_hub(2));
}

TEST(Walks, StopWithWhatProgressThrows) {
  const Graph graph = star(5000);
  const Walks walks(graph);
  for (const int threads : {1, 4}) {
    std::int64_t last = 0;
    EXPECT_THAT(thrown_message([&] {
                  count_words(walks, 1, 0, threads, [&last](std::int64_t done) {
                    EXPECT_GT(done, last);
                    last = done;
                    if (done > 10000) throw Error("enough");
                  });
                }),
                HasSubstr("enough"));
    EXPECT_LT(last, 11000);
  }
}

TEST(Walks, WrongSettingsAreRefused) {
  const Graph graph = star(3);
  const auto complaint = [&graph](const WalkSettings& wrong) {
    return thrown_message([&] { Walks(graph, wrong); });
  };
  EXPECT_THAT(complaint(settings(0, 1, 1, 1)), HasSubstr("--p 0 is out of range: expected 1e-06 to 1e+06"));
  EXPECT_THAT(complaint(settings(1, std::nan(""), 1, 1)), HasSubstr("--q nan is out of range"));
  EXPECT_THAT(complaint(settings(1, 1, 0, 1)), HasSubstr("--walk-length 0 is out of range"));
  EXPECT_THAT(complaint(settings(1, 1, 1, -1)), HasSubstr("--num-walks -1 is out of range"));
  static_assert(!std::is_constructible_v<Walks, Graph>);  // which it would outlive
  const Graph none;
  EXPECT_THAT(thrown_message([&none] { Walks{none}; }), HasSubstr("no nodes"));
  const std::vector<std::string> names{"a"};
  EXPECT_THAT(thrown_message([&] { Walks(graph, {}, names); }),
              HasSubstr("there are 1 names of nodes: expected 4"));
}

class WalkFiles : public testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(WalkFiles, HoldTheNamesOfNodesAndAreTrainedAlike) {
  const NamedGraph read = read_graph({folder_.write("edges", "a b\nb c\nc d\nd a\na c\nd e\n")}, {});
  const Walks walks(read.graph, settings(0.5, 2, 8, 20), read.names);
  const std::string path = folder_.path("walks");
  EXPECT_EQ(save_walks(walks, path, 2), 800);
  const Corpus corpus({path});
  const CorpusCounts of_text = count_words(corpus, 1, 0, 1);
  const CorpusCounts own = count_words(walks, 1, 0, 2);
  ASSERT_EQ(own.vocabulary.size(), 5);
  EXPECT_EQ(own.tokens, 800);
  EXPECT_EQ(own.num_ids, 0);
  for (std::int32_t row = 0; row < 5; ++row) {
    EXPECT_EQ(own.vocabulary.word(WordId{row}), of_text.vocabulary.word(WordId{row}));
    EXPECT_EQ(own.vocabulary.count(WordId{row}), of_text.vocabulary.count(WordId{row}));
  }
  const TokenStream tokens = encode(walks, own.vocabulary, 2);
  EXPECT_EQ(tokens.ids, encode(corpus, of_text.vocabulary, 1).ids);
  EXPECT_EQ(tokens.ends, encode(corpus, of_text.vocabulary, 1).ends);
  save_walks(walks, folder_.path("walks.gz"), 1);
  EXPECT_EQ(count_words(Corpus({folder_.path("walks.gz")}), 1, 0, 1).tokens, 800);
  const std::vector<std::string> names{"a", "b", "c d", "d", "e"};
  EXPECT_THAT(thrown_message([&] { save_walks(Walks(read.graph, {}, names), folder_.path("no"), 1); }),
              HasSubstr("cannot write " + folder_.path("no") + ": word 3"));
}

TEST(WalkTraining, RowsAreThoseOfNodes) {
  // Two cliques, and a node alone.
  Nodes from, to;
  for (std::int32_t a = 0; a < 12; ++a)
    for (std::int32_t b = a + 1; b < 12; ++b)
      if (a % 2 == b % 2) {
        from.push_back(a);
        to.push_back(b);
      }
  const Graph graph = Graph::of_edges(from, to, {}, false, 13);
  const Walks walks(graph, settings(1, 1, 40, 20));
  Config config;
  config.dim = 8;
  config.min_count = 1;
  config.sample = 0;
  config.deterministic = true;
  const TrainedIds trained = train(walks, config);
  ASSERT_EQ(trained.vectors.rows(), 13);
  EXPECT_EQ(trained.counts[12], 20);
  EXPECT_THAT(trained.without, SizeIs(0));
  const auto cosine = [&](std::int64_t a, std::int64_t b) {
    const auto dot = [&](std::int64_t i, std::int64_t j) {
      return std::inner_product(trained.vectors.row(i), trained.vectors.row(i) + 8, trained.vectors.row(j),
                                0.0);
    };
    return dot(a, b) / std::sqrt(dot(a, a) * dot(b, b));
  };
  for (std::int64_t b = 2; b < 12; ++b) EXPECT_EQ(cosine(b % 2, b) > cosine(1 - b % 2, b), true) << b;
  EXPECT_GT(
      std::inner_product(trained.vectors.row(12), trained.vectors.row(12) + 8, trained.vectors.row(12), 0.0),
      0);
  config.min_count = 21;
  EXPECT_THAT(train(walks, config).without, ElementsAre(12));
  const std::vector<std::string> names(13, "x");
  EXPECT_THAT(thrown_message([&] { train(Walks(graph, {}, names), config); }), HasSubstr("nodes with names"));
}

}  // namespace
}  // namespace warp2vec
