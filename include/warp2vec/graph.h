#pragma once
/// Random walks on graphs in place of a Corpus: DeepWalk (B. Perozzi, R. Al-Rfou, S. Skiena 2014) and
/// node2vec (A. Grover, J. Leskovec 2016). Nodes are words, walks are sentences. Walks are made on all
/// threads, in memory, and are the same for any number of threads.

#include <warp2vec/config.h>
#include <warp2vec/corpus.h>
#include <warp2vec/detail/samplers.h>
#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/id_sequences.h>
#include <warp2vec/token_stream.h>
#include <warp2vec/train.h>
#include <warp2vec/vocabulary.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace warp2vec {

/// Nodes 0 to nodes() - 1 with weighted arcs between them, of which an undirected graph has two for each
/// edge, and one for an edge of a node with itself. Arcs between the same nodes in the same direction are
/// one: their weights add up, and without weights it counts once. Arcs of weight 0 are left out. Immutable.
///
/// Memory: 8 bytes a node and 4 an arc, with weights 8 an arc; while it is built from
/// edges, about three times that.
class WARP2VEC_EXPORT Graph {
 public:
  using Integers = IdSequences::Integers;

  Graph() = default;
  Graph(Graph&&) noexcept = default;
  Graph& operator=(Graph&&) noexcept = default;
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  /// The arcs of a matrix in CSR form, SciPy's indptr, indices and data: node v has arcs to indices[i] of
  /// weight weights[i] for i from indptr[v] up to indptr[v + 1], without that. No weights: all are 1. The
  /// arrays are not copied, and must outlive the graph, if `indptr` is of 64 bits, `indices` of 32, and the
  /// indices of each node increase. Throws Error naming the element for arrays that are none of a graph: see
  /// IdSequences::csr(); indices that are no nodes; weights that are negative, not finite, or not as many as
  /// there are indices.
  static Graph csr(const Integers& indptr, const Integers& indices, std::span<const float> weights = {});

  /// Edges from[i], to[i] of weight weights[i] (no weights: all are 1); if `directed` they are arcs. `nodes`:
  /// their number; 0 = 1 more than the highest. Throws Error naming the element as above, and for as many as
  /// kMaxVocabulary nodes.
  static Graph of_edges(const Integers& from, const Integers& to, std::span<const float> weights = {},
                        bool directed = false, std::int64_t nodes = 0);

  std::int64_t nodes() const { return indptr_.empty() ? 0 : std::ssize(indptr_) - 1; }
  std::int64_t arcs() const { return std::ssize(indices_); }
  /// False if all weights are equal.
  bool is_weighted() const { return !weights_.empty(); }

  /// See csr().
  std::span<const std::int64_t> indptr() const { return indptr_; }

  /// Where the arcs from a node begin and end among all arcs.
  std::int64_t begin(std::int32_t node) const { return indptr_[static_cast<std::size_t>(node)]; }
  std::int64_t end(std::int32_t node) const { return indptr_[static_cast<std::size_t>(node) + 1]; }
  /// The nodes that arcs lead to from a node, increasing, and their weights, if there are any.
  std::span<const std::int32_t> neighbors(std::int32_t node) const {
    return indices_.subspan(static_cast<std::size_t>(begin(node)),
                            static_cast<std::size_t>(end(node) - begin(node)));
  }
  std::span<const float> weights(std::int32_t node) const {
    if (!is_weighted()) return {};
    return weights_.subspan(static_cast<std::size_t>(begin(node)),
                            static_cast<std::size_t>(end(node) - begin(node)));
  }

 private:
  struct Arrays {
    std::vector<std::int64_t> indptr;
    std::vector<std::int32_t> indices;
    std::vector<float> weights;
  };
  struct Build;  // host/graphs/graph.cpp

  explicit Graph(Arrays arrays);
  void drop_equal_weights();

  Arrays own_;  // empty if the arrays are another's
  std::span<const std::int64_t> indptr_;
  std::span<const std::int32_t> indices_;
  std::span<const float> weights_;
};

/// What files of graphs hold: an edge a line, "u v" or "u v weight", or a node and its neighbours, "u v1 v2
/// ...". Fields are separated by white space or a comma; lines that begin with # or %, and empty ones, are
/// skipped. Nodes are words. The files may be compressed.
struct GraphFormat {
  bool adjacency = false;  ///< a node and its neighbours, of which there may be none: DeepWalk's .adjlist
  bool directed = false;   ///< from u to v only
  bool weighted = false;   ///< each edge has a weight; else one that is there is not read
};

struct NamedGraph {
  Graph graph;
  std::vector<std::string> names;  ///< of nodes, in the order in which they occur first
  bool has_unread_weights = false;
};

/// Called now and then, never concurrently, with the lines read, or the walks made, so far.
using GraphProgress = std::function<void(std::int64_t done)>;

/// One graph from all files. Throws Error naming file and line for a line that is not as `format` says, a
/// weight that is negative or not finite, a file that cannot be read, and if there is no edge.
WARP2VEC_EXPORT NamedGraph read_graph(const std::vector<std::string>& paths, const GraphFormat& format,
                                      const GraphProgress& progress = {});

/// A walk goes from node to node along arcs until it has `walk_length` nodes or no arc goes on. Having come
/// from t to v, it goes to x with probability ~ w(v, x) a: a = 1/p if x = t, else 1 if there is an arc from t
/// to x, else 1/q. The first arc is drawn by weight alone, and so are all with p = q = 1 (DeepWalk).
struct WARP2VEC_EXPORT WalkSettings {
  double p = 1;                   ///< return parameter, 1e-6 to 1e6: low values lead back
  double q = 1;                   ///< in-out parameter, 1e-6 to 1e6: low values lead away
  std::int32_t walk_length = 80;  ///< most nodes of a walk, 1 to 1,000,000
  std::int32_t num_walks = 10;    ///< walks from each node, 1 to 1,000,000
  std::uint64_t seed = 1;         ///< the key of every random draw

  /// Throws Error naming the setting and its range.
  void validate() const;
};

/// All walks on a graph: one from each node in random order, then another from each, in another order, ... A
/// node without arcs has walks of that one node. Walk i is a pure function of the settings and i.
///
/// Memory: with weights 8 bytes an arc, for alias tables (A. J. Walker 1977). Second-order arcs are drawn by
/// rejection (K. Yang et al., "KnightKing", 2019), which needs none.
class WARP2VEC_EXPORT Walks {
 public:
  /// `names`: of the nodes, one each; without any they are named by their numbers. Graph and names must
  /// outlive this. Throws Error for invalid settings, a graph without nodes, and another number of names.
  explicit Walks(const Graph& graph, const WalkSettings& settings = {},
                 std::span<const std::string> names = {});
  explicit Walks(Graph&& temporary, const WalkSettings& settings = {},
                 std::span<const std::string> names = {}) = delete;

  std::int64_t size() const { return graph_->nodes() * settings_.num_walks; }
  /// Appends the nodes of walks [begin, end), and the number of nodes at the end of each; any number of
  /// threads may do so at a time.
  void append(std::int64_t begin, std::int64_t end, std::vector<std::int32_t>& nodes,
              std::vector<std::size_t>& ends) const;

  const Graph& graph() const { return *graph_; }
  const WalkSettings& settings() const { return settings_; }
  /// Empty if they are numbers.
  std::span<const std::string> names() const { return names_; }

 private:
  struct Walker;
  bool is_second_order(const Walker& walker) const;
  void prepare(Walker& walker) const;
  void advance(Walker& walker) const;
  std::int32_t first_order(std::int32_t node, std::uint32_t drawn, class WalkDraws& draws) const;
  std::int32_t second_order(std::int32_t before, std::int32_t node, WalkDraws& draws) const;
  std::int32_t exact_second_order(std::int32_t before, std::int32_t node, WalkDraws& draws) const;
  bool has_arc(std::int32_t from, std::int32_t to) const;
  double weight(std::int32_t from, std::int32_t to) const;

  const Graph* graph_;
  WalkSettings settings_;
  double back_;  // 1/p
  double out_;   // 1/q
  std::span<const std::string> names_;
  std::vector<AliasColumn> columns_;  // of each arc of a weighted graph
  std::vector<double> totals_;        // of the weights of a node's arcs; only if the walks need them
};

/// As count_words() of a text with a walk a line, node names or numbers as words. All walks are made, and
/// none is kept. `ranks`: null, or those that have the same graph, each of which makes its share of the
/// walks; all get the same result. Throws Error on all ranks if one has another graph.
WARP2VEC_EXPORT CorpusCounts count_words(const Walks& walks, std::int64_t min_count, std::int64_t max_vocab,
                                         int threads, const GraphProgress& progress = {},
                                         Ranks* ranks = nullptr);

/// The walks as word ids, without nodes that are not in the vocabulary. They are made again. Throws Error if
/// no node is in the vocabulary. `ranks`: as of count_words(); all get the ids of all.
WARP2VEC_EXPORT TokenStream encode(const Walks& walks, const Vocabulary& vocabulary, int threads,
                                   const GraphProgress& progress = {}, Ranks* ranks = nullptr);

/// The same, without holding the result in memory; as one file named "the walks".
WARP2VEC_EXPORT void encode(const Walks& walks, const Vocabulary& vocabulary, int threads, TokenSink& sink,
                            const GraphProgress& progress = {});

/// Writes a walk a line, names separated by single spaces, to `path`: completely, or not at all; compressed
/// if its name ends with .gz, .zst, .bz2 or .xz. Returns the number of nodes. Throws Error naming the file
/// that cannot be written, or a name that cannot be read back from it.
WARP2VEC_EXPORT std::int64_t save_walks(const Walks& walks, const std::string& path, int threads,
                                        const GraphProgress& progress = {});

/// As train() of ids: row i is that of node i. The walks are made twice, to count and to keep their nodes, 4
/// bytes each. A node without arcs keeps its initial vector; one that occurs fewer than config.min_count
/// times has none.
WARP2VEC_EXPORT TrainedIds train(const Walks& walks, const Config& config, const TrainCall& call = {});

}  // namespace warp2vec
