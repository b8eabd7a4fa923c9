#include <warp2vec/graph.h>

#include "host/graphs/shuffled_nodes.h"
#include "host/graphs/walk_draws.h"
#include "host/io/parallel.h"
#include "host/sampling/alias_columns.h"
#include "host/training/check_range.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace warp2vec {
namespace {

// So many rejected draws in a row are the sign of a neighbourhood in which most would be.
constexpr int kMostRejected = 16;

constexpr std::size_t kWalksTogether = 32;
constexpr std::size_t kNodesTogether = std::size_t{1} << 20;  // of them, at the end

}  // namespace

void WalkSettings::validate() const {
  check_range("--p", p, 1e-6, 1e6);
  check_range("--q", q, 1e-6, 1e6);
  check_range("--walk-length", walk_length, 1, 1000000);
  check_range("--num-walks", num_walks, 1, 1000000);
}

Walks::Walks(const Graph& graph, const WalkSettings& settings, std::span<const std::string> names)
    : graph_(&graph), settings_(settings), back_(1 / settings.p), out_(1 / settings.q), names_(names) {
  settings.validate();
  if (graph.nodes() == 0) throw Error("the graph has no nodes");
  if (!names.empty() && std::ssize(names) != graph.nodes())
    throw Error("there are " + std::to_string(names.size()) + " names of nodes: expected " +
                std::to_string(graph.nodes()) + ", or none");
  if (!graph.is_weighted()) return;
  columns_.resize(static_cast<std::size_t>(graph.arcs()));
  totals_.resize(static_cast<std::size_t>(graph.nodes()));
  constexpr std::int64_t kNodesPerTask = 4096;
  parallel_for((graph.nodes() + kNodesPerTask - 1) / kNodesPerTask, thread_count({}), [&](std::int64_t task) {
    std::vector<double> need;
    std::vector<std::int32_t> stacks;
    const std::int64_t end = std::min(graph.nodes(), (task + 1) * kNodesPerTask);
    for (auto node = static_cast<std::int32_t>(task * kNodesPerTask); node < end; ++node) {
      const std::span<const float> weights = graph.weights(node);
      const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
      totals_[static_cast<std::size_t>(node)] = total;
      need.assign(weights.begin(), weights.end());
      for (double& share : need) share *= static_cast<double>(weights.size()) / total;
      fill_alias_columns(
          need, std::span(columns_).subspan(static_cast<std::size_t>(graph.begin(node)), weights.size()),
          stacks);
    }
  });
}

// A walk on its way.
struct Walks::Walker {
  WalkDraws draws;
  std::int32_t before = -1;
  std::int32_t node = 0;
  std::size_t begin = 0;  // of its nodes
  std::size_t end = 0;    // of those so far
  bool ended = false;
  std::uint32_t drawn = 0;  // for its next arc of the first order
};

// Several walks go on in turn: while one waits for memory, others do, too.
void Walks::append(std::int64_t begin, std::int64_t end, std::vector<std::int32_t>& nodes,
                   std::vector<std::size_t>& ends) const {
  const auto length = static_cast<std::size_t>(settings_.walk_length);
  const auto together =
      static_cast<std::int64_t>(std::clamp<std::size_t>(kNodesTogether / length, 1, kWalksTogether));
  const Draws order{settings_.seed, 0};
  std::vector<Walker> walkers;
  for (; begin < end; begin += together) {
    const std::size_t first = nodes.size();
    nodes.resize(first + static_cast<std::size_t>(std::min(together, end - begin)) * length);
    walkers.clear();
    for (std::int64_t index = begin; index < std::min(end, begin + together); ++index) {
      const auto round = static_cast<std::uint64_t>(index / graph_->nodes());
      const ShuffledNodes shuffled(static_cast<std::uint64_t>(graph_->nodes()),
                                   order.block(kWalkOrderStream, round));
      Walker walker{WalkDraws(settings_.seed, static_cast<std::uint64_t>(index))};
      walker.node = static_cast<std::int32_t>(shuffled[static_cast<std::uint64_t>(index % graph_->nodes())]);
      walker.begin = first + walkers.size() * length;
      walker.end = walker.begin + 1;
      nodes[walker.begin] = walker.node;
      walkers.push_back(walker);
    }
    for (std::size_t step = 1; step < length; ++step) {
      for (Walker& walker : walkers) prepare(walker);
      for (Walker& walker : walkers) {
        if (walker.ended) continue;
        advance(walker);
        nodes[walker.end++] = walker.node;
      }
    }
    std::size_t at = first;
    for (const Walker& walker : walkers) {
      if (at != walker.begin)
        std::copy(nodes.begin() + static_cast<std::ptrdiff_t>(walker.begin),
                  nodes.begin() + static_cast<std::ptrdiff_t>(walker.end),
                  nodes.begin() + static_cast<std::ptrdiff_t>(at));
      at += walker.end - walker.begin;
      ends.push_back(at);
    }
    nodes.resize(at);
  }
}

bool Walks::is_second_order(const Walker& walker) const {
  return walker.before >= 0 && (settings_.p != 1 || settings_.q != 1);
}

// Asks the memory for what advance() will need.
void Walks::prepare(Walker& walker) const {
  const std::span<const std::int32_t> next = graph_->neighbors(walker.node);
  walker.ended = next.empty();
  if (walker.ended) return;
  std::size_t arc = 0;
  if (!is_second_order(walker)) {
    walker.drawn = walker.draws.next();
    arc = to_below(walker.drawn, static_cast<std::uint32_t>(next.size()));
  }
  __builtin_prefetch(next.data() + arc);
  if (graph_->is_weighted()) __builtin_prefetch(columns_.data() + graph_->begin(walker.node) + arc);
}

void Walks::advance(Walker& walker) const {
  const std::int32_t next = is_second_order(walker) ? second_order(walker.before, walker.node, walker.draws)
                                                    : first_order(walker.node, walker.drawn, walker.draws);
  walker.before = std::exchange(walker.node, next);
  __builtin_prefetch(graph_->indptr().data() + next);
}

std::int32_t Walks::first_order(std::int32_t node, std::uint32_t drawn, WalkDraws& draws) const {
  const std::span<const std::int32_t> next = graph_->neighbors(node);
  const auto arcs = static_cast<std::uint32_t>(next.size());
  if (!graph_->is_weighted()) return next[to_below(drawn, arcs)];
  const AliasView alias{columns_.data() + graph_->begin(node), arcs};
  return next[static_cast<std::size_t>(row_of(alias.draw(drawn, draws.next())))];
}

// Draws by weight alone, and rejects with probability 1 - a / high, where `high` is the highest a but that of
// the way back. If that is higher, it has an area of its own beside those of all arcs.
std::int32_t Walks::second_order(std::int32_t before, std::int32_t node, WalkDraws& draws) const {
  const std::span<const std::int32_t> arcs = graph_->neighbors(node);
  if (arcs.size() == 1) return arcs.front();
  const double high = std::max(1.0, out_);
  const double low = std::min(1.0, out_);
  double all = 0;
  double beside = 0;
  if (back_ > high) {
    all = high * (graph_->is_weighted() ? totals_[static_cast<std::size_t>(node)]
                                        : static_cast<double>(arcs.size()));
    beside = (back_ - high) * weight(node, before);
  }
  for (int rejected = 0; rejected < kMostRejected; ++rejected) {
    if (beside > 0 && draws.unit() * (all + beside) >= all) return before;
    const std::uint32_t drawn = draws.next();
    const std::int32_t next = first_order(node, drawn, draws);
    const double height = draws.unit() * high;
    if (next == before ? height < back_ : height < low || height < (has_arc(before, next) ? 1 : out_))
      return next;
  }
  return exact_second_order(before, node, draws);
}

// Sums up the probabilities of all arcs.
std::int32_t Walks::exact_second_order(std::int32_t before, std::int32_t node, WalkDraws& draws) const {
  const std::span<const std::int32_t> next = graph_->neighbors(node);
  const std::span<const float> weights = graph_->weights(node);
  const std::span<const std::int32_t> near = graph_->neighbors(before);
  // Calls visit(arc, probability), unnormalised, until it returns true.
  const auto visit_arcs = [&](const auto& visit) {
    auto at = near.begin();
    for (std::size_t arc = 0; arc < next.size(); ++arc) {
      at = std::lower_bound(at, near.end(), next[arc]);
      const bool is_near = at != near.end() && *at == next[arc];
      const double bias = next[arc] == before ? back_ : is_near ? 1 : out_;
      if (visit(arc, weights.empty() ? bias : bias * weights[arc])) return;
    }
  };
  double sum = 0;
  visit_arcs([&sum](std::size_t, double probability) {
    sum += probability;
    return false;
  });
  double left = draws.unit() * sum;
  std::size_t drawn = 0;
  visit_arcs([&](std::size_t arc, double probability) {
    drawn = arc;
    left -= probability;
    return left < 0;
  });
  return next[drawn];
}

bool Walks::has_arc(std::int32_t from, std::int32_t to) const {
  const std::span<const std::int32_t> next = graph_->neighbors(from);
  return std::binary_search(next.begin(), next.end(), to);
}

double Walks::weight(std::int32_t from, std::int32_t to) const {
  const std::span<const std::int32_t> next = graph_->neighbors(from);
  const auto at = std::lower_bound(next.begin(), next.end(), to);
  if (at == next.end() || *at != to) return 0;
  return graph_->is_weighted() ? graph_->weights(from)[static_cast<std::size_t>(at - next.begin())] : 1;
}

}  // namespace warp2vec
