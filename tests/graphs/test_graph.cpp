#include <warp2vec/graph.h>

#include "tests/support/compressed.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;

using Wide = std::vector<std::int64_t>;
using Narrow = std::vector<std::int32_t>;
using Weights = std::vector<float>;

// "0>1 0>2 1>0" with weights, if there are any: "0>1:2.5".
std::string arcs_of(const Graph& graph) {
  std::string arcs;
  for (std::int32_t node = 0; node < graph.nodes(); ++node)
    for (std::size_t i = 0; i < graph.neighbors(node).size(); ++i) {
      arcs +=
          (arcs.empty() ? "" : " ") + std::to_string(node) + ">" + std::to_string(graph.neighbors(node)[i]);
      if (graph.is_weighted()) arcs += ":" + std::to_string(graph.weights(node)[i]).substr(0, 3);
    }
  return arcs;
}

TEST(Graph, EdgesBecomeArcsInOrder) {
  const Narrow from{2, 0, 0};
  const Narrow to{1, 2, 1};
  EXPECT_EQ(arcs_of(Graph::of_edges(from, to)), "0>1 0>2 1>0 1>2 2>0 2>1");
  EXPECT_EQ(arcs_of(Graph::of_edges(from, to, {}, true)), "0>1 0>2 2>1");
  const Graph more = Graph::of_edges(Wide{2, 0, 0}, Wide{1, 2, 1}, {}, true, 5);
  EXPECT_EQ(arcs_of(more), "0>1 0>2 2>1");
  EXPECT_EQ(more.nodes(), 5);
  EXPECT_THAT(more.neighbors(4), IsEmpty());
}

TEST(Graph, ParallelEdgesAreOneAndTheirWeightsAddUp) {
  const Narrow from{0, 1, 0, 1, 0};
  const Narrow to{1, 0, 1, 2, 2};
  EXPECT_EQ(arcs_of(Graph::of_edges(from, to)), "0>1 0>2 1>0 1>2 2>0 2>1");
  const Weights weights{1, 2, 0.5, 0, 7};
  EXPECT_EQ(arcs_of(Graph::of_edges(from, to, weights)), "0>1:3.5 0>2:7.0 1>0:3.5 2>0:7.0");
  EXPECT_EQ(arcs_of(Graph::of_edges(from, to, weights, true)), "0>1:1.5 0>2:7.0 1>0:2.0");
}

TEST(Graph, ALoopIsOneArc) {
  EXPECT_EQ(arcs_of(Graph::of_edges(Narrow{0, 0}, Narrow{0, 1}, Weights{3, 2})), "0>0:3.0 0>1:2.0 1>0:2.0");
}

TEST(Graph, EqualWeightsAreNone) {
  EXPECT_FALSE(Graph::of_edges(Narrow{0, 1}, Narrow{1, 2}, Weights{2, 2}).is_weighted());
  EXPECT_FALSE(Graph::csr(Wide{0, 1, 1}, Narrow{1}, Weights{2}).is_weighted());
}

TEST(Graph, ArraysInOrderAreNotCopied) {
  const Wide indptr{0, 2, 3, 3};
  const Narrow indices{0, 2, 1};
  const Weights weights{1, 2, 3};
  const Graph graph = Graph::csr(indptr, indices, weights);
  EXPECT_EQ(graph.neighbors(0).data(), indices.data());
  EXPECT_EQ(graph.weights(1).data(), weights.data() + 2);
  EXPECT_EQ(arcs_of(graph), "0>0:1.0 0>2:2.0 1>1:3.0");
}

TEST(Graph, OtherArraysAreBroughtIntoOrder) {
  const Graph graph = Graph::csr(Narrow{0, 4, 4, 6}, Wide{2, 0, 2, 1, 1, 0}, Weights{1, 2, 3, 0, 5, 6});
  EXPECT_EQ(arcs_of(graph), "0>0:2.0 0>2:4.0 2>0:6.0 2>1:5.0");
  EXPECT_EQ(arcs_of(Graph::csr(Wide{0, 3, 3}, Narrow{1, 0, 1})), "0>0 0>1");
  EXPECT_EQ(arcs_of(Graph::csr(Wide{0, 3, 3}, Narrow{0, 1, 1})), "0>0 0>1");
  EXPECT_EQ(arcs_of(Graph::csr(Wide{0, 2, 3}, Narrow{0, 1, 1}, Weights{1, 0, 2})), "0>0:1.0 1>1:2.0");
}

TEST(Graph, WrongArraysAreRefused) {
  const auto csr = [](const Wide& indptr, const Narrow& indices, const Weights& weights = {}) {
    return thrown_message([&] { Graph::csr(indptr, indices, weights); });
  };
  EXPECT_THAT(csr({}, {}), HasSubstr("there are no offsets"));
  EXPECT_THAT(csr({0, 2, 1}, {0}), HasSubstr("offsets[2] is 1"));
  EXPECT_THAT(csr({0, 2}, {0, 1}), HasSubstr("indices[1] is 1: expected a node, 0 to 0"));
  EXPECT_THAT(csr({0, 1}, {-1}), HasSubstr("indices[0] is -1"));
  EXPECT_THAT(csr({0, 1}, {0}, {1, 2}), HasSubstr("there are 2 weights: expected 1"));
  for (const float wrong : {-1.0F, std::numeric_limits<float>::infinity(), std::nanf("")})
    EXPECT_THAT(csr({0, 2, 2}, {0, 1}, {1, wrong}), HasSubstr("weights[1] is "));
  const auto edges = [](const Wide& from, const Wide& to, const Weights& weights = {},
                        std::int64_t nodes = 0) {
    return thrown_message([&] { Graph::of_edges(from, to, weights, false, nodes); });
  };
  EXPECT_THAT(edges({0}, {1, 2}), HasSubstr("edges begin at 1 nodes and end at 2"));
  EXPECT_THAT(edges({0, -4}, {1, 2}), HasSubstr("from[1] is -4: expected a node"));
  EXPECT_THAT(edges({0, 1}, {1, 2}, {}, 2), HasSubstr("to[1] is 2: expected a node, 0 to 1"));
  EXPECT_THAT(edges({0}, {std::int64_t{1} << 31}), HasSubstr("to[0] is 2147483648"));
  EXPECT_THAT(edges({0}, {1}, {}, -1), HasSubstr("there are -1 nodes"));
  EXPECT_THAT(edges({0}, {1}, {-0.5F}), HasSubstr("weights[0] is -0.5"));
  EXPECT_THAT(edges({0, 0}, {1, 1}, {3e38F, 3e38F}), HasSubstr("from node 0 to node 1 add up"));
}

TEST(Graph, WithoutArcs) {
  EXPECT_EQ(Graph().nodes(), 0);
  const Graph graph = Graph::of_edges(Narrow{}, Narrow{}, {}, false, 3);
  EXPECT_EQ(graph.nodes(), 3);
  EXPECT_EQ(graph.arcs(), 0);
}

class GraphFiles : public testing::Test {
 protected:
  NamedGraph read(const std::string& bytes, const GraphFormat& format = {}) const {
    return read_graph({folder_.write("edges", bytes)}, format);
  }
  std::string complaint(const std::string& bytes, const GraphFormat& format = {}) const {
    return thrown_message([&] { read(bytes, format); });
  }

  static constexpr GraphFormat kWeighted{false, false, true};
  static constexpr GraphFormat kAdjacency{true, false, false};
  TemporaryFolder folder_;
};

TEST_F(GraphFiles, NodesAreWordsInTheOrderOfTheirFirstOccurrences) {
  const NamedGraph read = this->read("# a comment\n% another\n\n b\ta \nÅs, b\r\n  \na,007");
  EXPECT_THAT(read.names, ElementsAre("b", "a", "Ås", "007"));
  EXPECT_EQ(arcs_of(read.graph), "0>1 0>2 1>0 1>3 2>0 3>1");
  EXPECT_FALSE(read.has_unread_weights);
  EXPECT_EQ(arcs_of(this->read("b a\n", {false, true, false}).graph), "0>1");
}

TEST_F(GraphFiles, WeightsAreReadWhereTheyAreAskedFor) {
  EXPECT_EQ(arcs_of(read("a b 2.5\nb,c,1e0\n", kWeighted).graph), "0>1:2.5 1>0:2.5 1>2:1.0 2>1:1.0");
  const NamedGraph unread = read("a b 2.5\nb c 1\n");
  EXPECT_FALSE(unread.graph.is_weighted());
  EXPECT_TRUE(unread.has_unread_weights);
}

TEST_F(GraphFiles, AdjacencyListsMayHaveLonelyNodes) {
  const NamedGraph read = this->read("a b c\nlonely\nb a\n", kAdjacency);
  EXPECT_THAT(read.names, ElementsAre("a", "b", "c", "lonely"));
  EXPECT_EQ(arcs_of(read.graph), "0>1 0>2 1>0 2>0");
}

TEST_F(GraphFiles, MayBeSeveralAndCompressed) {
  const NamedGraph read =
      read_graph({folder_.write("one", "a b\n"), folder_.write("two", gzip("b c\n"))}, {});
  EXPECT_THAT(read.names, ElementsAre("a", "b", "c"));
  EXPECT_EQ(arcs_of(read.graph), "0>1 1>0 1>2 2>1");
}

TEST_F(GraphFiles, WrongLinesAreNamed) {
  const std::string place = folder_.path("edges") + ", line 2: expected ";
  for (const std::string& line :
       std::vector<std::string>{"a", "a b 1 2", "a,,b", ",a,b", "a b,", {"a\0 b", 4}})
    EXPECT_THAT(complaint("a b\n" + line + "\n"), HasSubstr(place + "'node node' or 'node node weight'"))
        << line;
  for (const std::string weight : {"-1", "inf", "nan", "1e99", "x", "1x", "", "0x1", "+1"})
    EXPECT_THAT(complaint("a b 1\na b " + weight + "\n", kWeighted), HasSubstr(place + "'node node weight'"))
        << weight;
  EXPECT_THAT(complaint("a b\na,,b\n", kAdjacency), HasSubstr(place + "'node neighbour"));
  for (const std::string nothing : {"", "# a b\n", "\n\n"})
    EXPECT_THAT(complaint(nothing), AllOf(HasSubstr(folder_.path("edges")), HasSubstr("there is no edge")));
  EXPECT_THAT(complaint("a\nb\n", kAdjacency), HasSubstr("there is no edge"));
  EXPECT_THAT(thrown_message([&] { read_graph({folder_.path("none")}, {}); }),
              HasSubstr(folder_.path("none")));
  EXPECT_THAT(thrown_message([] { read_graph({}, {}); }), HasSubstr("no file"));
  EXPECT_THAT(complaint("a b\n", {true, false, true}), HasSubstr("no weights"));
  EXPECT_THAT(complaint("a b 3e38\nb a 3e38\n", kWeighted), HasSubstr("add up"));
}

}  // namespace
}  // namespace warp2vec
