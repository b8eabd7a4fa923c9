#include <warp2vec/graph.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <variant>

namespace warp2vec {

// Arrays are brought into order by transposing them twice: arcs are put into the rows of their ends, and
// then, row by row, into those of their beginnings, where they arrive in the order of their ends.
struct Graph::Build {
  // Puts arcs into rows. `visit_arcs` calls visit(row, column, weight) for each of them, twice the same.
  template <class VisitArcs>
  static Arrays rows_of(std::int64_t nodes, bool weighted, const VisitArcs& visit_arcs) {
    Arrays arrays;
    arrays.indptr.assign(static_cast<std::size_t>(nodes) + 1, 0);
    visit_arcs(
        [&](std::int64_t row, std::int64_t, float) { ++arrays.indptr[static_cast<std::size_t>(row) + 1]; });
    std::partial_sum(arrays.indptr.begin(), arrays.indptr.end(), arrays.indptr.begin());
    const auto arcs = static_cast<std::size_t>(arrays.indptr.back());
    arrays.indices.resize(arcs);
    if (weighted) arrays.weights.resize(arcs);
    std::vector<std::int64_t> ends(arrays.indptr.begin(), arrays.indptr.end() - 1);
    visit_arcs([&](std::int64_t row, std::int64_t column, float weight) {
      const auto at = static_cast<std::size_t>(ends[static_cast<std::size_t>(row)]++);
      arrays.indices[at] = static_cast<std::int32_t>(column);
      if (weighted) arrays.weights[at] = weight;
    });
    return arrays;
  }

  // Calls visit(row, column, weight) for each arc; the weight is 1 if there are none.
  template <class Visit>
  static void visit_rows(const Arrays& arrays, const Visit& visit) {
    for (std::size_t row = 0; row + 1 < arrays.indptr.size(); ++row)
      for (auto at = static_cast<std::size_t>(arrays.indptr[row]);
           at < static_cast<std::size_t>(arrays.indptr[row + 1]); ++at)
        visit(static_cast<std::int64_t>(row), std::int64_t{arrays.indices[at]},
              arrays.weights.empty() ? 1.0F : arrays.weights[at]);
  }

  template <class VisitArcs>
  static Graph graph_of(std::int64_t nodes, bool weighted, const VisitArcs& visit_arcs) {
    const Arrays transposed = rows_of(nodes, weighted, [&visit_arcs](const auto& visit) {
      visit_arcs([&visit](std::int64_t from, std::int64_t to, float weight) { visit(to, from, weight); });
    });
    Arrays arrays = rows_of(nodes, weighted, [&transposed](const auto& visit) {
      visit_rows(transposed,
                 [&visit](std::int64_t to, std::int64_t from, float weight) { visit(from, to, weight); });
    });
    merge_parallel(arrays);
    return Graph(std::move(arrays));
  }

  // Of rows in order.
  static void merge_parallel(Arrays& arrays) {
    std::size_t kept = 0;
    std::size_t at = 0;
    for (std::size_t row = 0; row + 1 < arrays.indptr.size(); ++row) {
      const auto end = static_cast<std::size_t>(arrays.indptr[row + 1]);
      while (at < end) {
        const std::int32_t column = arrays.indices[at];
        double weight = 0;
        for (; at < end && arrays.indices[at] == column; ++at)
          weight += arrays.weights.empty() ? 1.0 : arrays.weights[at];
        if (weight == 0) continue;
        if (weight > std::numeric_limits<float>::max())
          throw Error("the weights of the arcs from node " + std::to_string(row) + " to node " +
                      std::to_string(column) + " add up to more than a float can hold");
        arrays.indices[kept] = column;
        if (!arrays.weights.empty()) arrays.weights[kept] = static_cast<float>(weight);
        ++kept;
      }
      arrays.indptr[row + 1] = static_cast<std::int64_t>(kept);
    }
    arrays.indices.resize(kept);
    if (!arrays.weights.empty()) arrays.weights.resize(kept);
  }

  template <class Integer>
  static void require_nodes(std::span<const Integer> values, const std::string& name, std::int64_t nodes) {
    for (std::size_t i = 0; i < values.size(); ++i)
      if (values[i] < 0 || values[i] >= nodes)
        throw Error(name + "[" + std::to_string(i) + "] is " + std::to_string(values[i]) +
                    ": expected a node, 0 to " + std::to_string(nodes - 1));
  }

  static void require_weights(std::span<const float> weights, std::size_t edges) {
    if (!weights.empty() && weights.size() != edges)
      throw Error("there are " + std::to_string(weights.size()) + " weights: expected " +
                  std::to_string(edges) + ", one for each edge");
    for (std::size_t i = 0; i < weights.size(); ++i)
      if (!(weights[i] >= 0 && std::isfinite(weights[i])))
        throw Error("weights[" + std::to_string(i) + "] is " + std::to_string(weights[i]) +
                    ": expected a finite number, 0 or more");
  }

  // Whether arrays can be used as they are.
  static bool is_in_order(std::span<const std::int64_t> indptr, std::span<const std::int32_t> indices,
                          std::span<const float> weights) {
    for (std::size_t row = 0; row + 1 < indptr.size(); ++row) {
      const auto arcs = indices.subspan(static_cast<std::size_t>(indptr[row]),
                                        static_cast<std::size_t>(indptr[row + 1] - indptr[row]));
      if (std::adjacent_find(arcs.begin(), arcs.end(), std::greater_equal<>()) != arcs.end()) return false;
    }
    return std::find(weights.begin(), weights.end(), 0.0F) == weights.end();
  }
};

namespace {

std::size_t size_of(const Graph::Integers& integers) {
  return std::visit([](auto values) { return values.size(); }, integers);
}

}  // namespace

Graph::Graph(Arrays arrays)
    : own_(std::move(arrays)), indptr_(own_.indptr), indices_(own_.indices), weights_(own_.weights) {
  drop_equal_weights();
}

void Graph::drop_equal_weights() {
  if (std::adjacent_find(weights_.begin(), weights_.end(), std::not_equal_to<>()) != weights_.end()) return;
  weights_ = {};
  own_.weights = {};
}

Graph Graph::csr(const Integers& indptr, const Integers& indices, std::span<const float> weights) {
  IdSequences::csr(indices, indptr);  // checks the offsets
  const std::int64_t nodes = static_cast<std::int64_t>(size_of(indptr)) - 1;
  if (nodes >= kMaxVocabulary)
    throw Error("there are " + std::to_string(nodes) + " nodes: expected fewer than " +
                std::to_string(kMaxVocabulary));
  std::visit([&](auto values) { Build::require_nodes(values, "indices", nodes); }, indices);
  Build::require_weights(weights, size_of(indices));
  const auto* const wide = std::get_if<std::span<const std::int64_t>>(&indptr);
  const auto* const narrow = std::get_if<std::span<const std::int32_t>>(&indices);
  if (wide != nullptr && narrow != nullptr && Build::is_in_order(*wide, *narrow, weights)) {
    Graph graph;
    graph.indptr_ = *wide;
    graph.indices_ = *narrow;
    graph.weights_ = weights;
    graph.drop_equal_weights();
    return graph;
  }
  return std::visit(
      [&](auto offsets, auto columns) {
        return Build::graph_of(nodes, !weights.empty(), [&](const auto& visit) {
          for (std::size_t row = 0; row + 1 < offsets.size(); ++row)
            for (auto at = static_cast<std::size_t>(offsets[row]);
                 at < static_cast<std::size_t>(offsets[row + 1]); ++at)
              visit(static_cast<std::int64_t>(row), std::int64_t{columns[at]},
                    weights.empty() ? 1.0F : weights[at]);
        });
      },
      indptr, indices);
}

Graph Graph::of_edges(const Integers& from, const Integers& to, std::span<const float> weights, bool directed,
                      std::int64_t nodes) {
  if (size_of(from) != size_of(to))
    throw Error("edges begin at " + std::to_string(size_of(from)) + " nodes and end at " +
                std::to_string(size_of(to)) + ": expected as many");
  if (nodes < 0 || nodes >= kMaxVocabulary)
    throw Error("there are " + std::to_string(nodes) + " nodes: expected fewer than " +
                std::to_string(kMaxVocabulary));
  const std::int64_t limit = nodes > 0 ? nodes : kMaxVocabulary - 1;
  std::visit([&](auto values) { Build::require_nodes(values, "from", limit); }, from);
  std::visit([&](auto values) { Build::require_nodes(values, "to", limit); }, to);
  Build::require_weights(weights, size_of(from));
  return std::visit(
      [&](auto begins, auto ends) {
        if (nodes == 0)
          for (std::size_t i = 0; i < begins.size(); ++i)
            nodes = std::max({nodes, std::int64_t{begins[i]} + 1, std::int64_t{ends[i]} + 1});
        return Build::graph_of(nodes, !weights.empty(), [&](const auto& visit) {
          for (std::size_t i = 0; i < begins.size(); ++i) {
            const float weight = weights.empty() ? 1.0F : weights[i];
            visit(std::int64_t{begins[i]}, std::int64_t{ends[i]}, weight);
            if (!directed && begins[i] != ends[i])
              visit(std::int64_t{ends[i]}, std::int64_t{begins[i]}, weight);
          }
        });
      },
      from, to);
}

}  // namespace warp2vec
