// Walks that ranks divide: the same vocabulary and the same ids as one process finds.
#include <warp2vec/graph.h>

#include "host/distributed/thread_ranks.h"
#include "tests/support/same_text.h"
#include "tests/support/thrown_message.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

// Some nodes have many arcs, others none.
Graph some_graph(std::int32_t nodes, unsigned seed, std::vector<float> weights = {}) {
  std::mt19937 random(seed);
  std::vector<std::int32_t> from;
  std::vector<std::int32_t> to;
  for (std::int32_t i = 0; i < 3 * nodes; ++i) {
    from.push_back(static_cast<std::int32_t>(random() % (1 + random() % static_cast<unsigned>(nodes))));
    to.push_back(static_cast<std::int32_t>(random() % static_cast<unsigned>(nodes)));
  }
  weights.resize(weights.empty() ? 0 : from.size(), 2);
  return Graph::of_edges(from, to, weights, true, nodes);
}

std::vector<std::string> names_of(const Graph& graph) {
  std::vector<std::string> names;
  for (std::int64_t node = 0; node < graph.nodes(); ++node) names.push_back("n" + std::to_string(node * 7));
  return names;
}

void expect_as_of_one(const Walks& walks) {
  for (const std::int64_t min_count : {1, 3}) {
    const CorpusCounts one = count_words(walks, min_count, 0, 1);
    const TokenStream ids = encode(walks, one.vocabulary, 1);
    for (const int size : {1, 2, 3, 8})
      ThreadRanks(size).run([&](Ranks& ranks) {
        std::int64_t last = 0;
        const auto progress = [&](std::int64_t done) { last = done; };
        const CorpusCounts counts = count_words(walks, min_count, 0, 2, progress, &ranks);
        EXPECT_TRUE(last == 0 || last == walks.size()) << last;
        expect_same(counts, one);
        EXPECT_GE(counts.max_sentences, std::ssize(ids.ends));
        expect_same(encode(walks, counts.vocabulary, 2, {}, &ranks), ids);
      });
  }
}

TEST(WalksOfRanks, AreThoseOfOneProcess) {
  const Graph graph = some_graph(700, 1);
  const std::vector<std::string> names = names_of(graph);
  WalkSettings settings;
  settings.walk_length = 12;
  settings.num_walks = 3;
  settings.q = 0.5;
  expect_as_of_one(Walks(graph, settings));
  expect_as_of_one(Walks(graph, settings, names));
}

TEST(WalksOfRanks, FewerThanRanks) {
  const Graph graph = some_graph(3, 2);
  WalkSettings settings;
  settings.walk_length = 100;
  settings.num_walks = 1;
  expect_as_of_one(Walks(graph, settings));
}

TEST(WalksOfRanks, OnAnotherGraphAreRefusedByAll) {
  std::vector<float> weights(50, 1);
  std::vector<float> others = weights;
  others[30] = 3;
  const Graph one = some_graph(50, 3, weights);
  const std::vector<std::string> names = names_of(one);
  std::vector<std::string> other_names = names;
  std::swap(other_names[4], other_names[5]);
  const Graph more_nodes = some_graph(51, 3, weights);
  const Graph other_arcs = some_graph(50, 4, weights);
  const Graph other_weights = some_graph(50, 3, others);
  const std::vector<std::string> more_names = names_of(more_nodes);
  for (const Walks& other : {Walks(more_nodes, {}, more_names), Walks(other_arcs, {}, names),
                             Walks(other_weights, {}, names), Walks(one, {}, other_names)})
    ThreadRanks(3).run([&](Ranks& ranks) {
      const Walks own = ranks.rank() == 1 ? other : Walks(one, {}, names);
      EXPECT_EQ(thrown_message([&] { count_words(own, 1, 0, 1, {}, &ranks); }),
                "rank 1 has another graph than rank 0: all ranks need the same");
    });
}

TEST(WalksOfRanks, OfRareNodesAreRefusedByAll) {
  const Graph graph = some_graph(20, 5);
  const Walks walks(graph);
  const auto refused = [&](Ranks* ranks) {
    return thrown_message([&] { count_words(walks, 1000000, 0, 1, {}, ranks); });
  };
  ThreadRanks(3).run([&](Ranks& ranks) { EXPECT_EQ(refused(&ranks), refused(nullptr)); });
}

}  // namespace
}  // namespace warp2vec
