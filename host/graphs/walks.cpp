#include <warp2vec/graph.h>

#include "host/graphs/shuffled_nodes.h"
#include "host/graphs/walk_draws.h"
#include "host/io/parallel.h"
#include "host/sampling/alias_columns.h"

#include <algorithm>
#include <numeric>
#include <sstream>

namespace warp2vec {
namespace {

template <class T>
void check_range(const char* name, T value, T low, T high) {
  if (value >= low && value <= high) return;
  std::ostringstream message;
  message << name << " " << value << " is out of range: expected " << low << " to " << high;
  throw Error(message.str());
}

// Nodes of so few arcs are scanned at once: that takes no longer than drawing and rejecting.
constexpr std::size_t kFewArcs = 4;
// So many rejected draws in a row are the sign of a neighbourhood in which most would be.
constexpr int kMostRejected = 16;

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

void Walks::append(std::int64_t index, std::vector<std::int32_t>& nodes) const {
  const std::int64_t round = index / graph_->nodes();
  const Draws order{settings_.seed, 0};
  const ShuffledNodes shuffled(static_cast<std::uint64_t>(graph_->nodes()),
                               order.block(kWalkOrderStream, static_cast<std::uint64_t>(round)));
  WalkDraws draws(settings_.seed, static_cast<std::uint64_t>(index));
  const bool by_weight_alone = settings_.p == 1 && settings_.q == 1;
  auto node = static_cast<std::int32_t>(shuffled[static_cast<std::uint64_t>(index % graph_->nodes())]);
  std::int32_t before = -1;
  nodes.push_back(node);
  for (std::int32_t length = 1; length < settings_.walk_length && graph_->begin(node) < graph_->end(node);
       ++length) {
    const std::int32_t next =
        by_weight_alone || before < 0 ? first_order(node, draws) : second_order(before, node, draws);
    before = node;
    node = next;
    nodes.push_back(node);
  }
}

std::int32_t Walks::first_order(std::int32_t node, WalkDraws& draws) const {
  const std::span<const std::int32_t> next = graph_->neighbors(node);
  const auto arcs = static_cast<std::uint32_t>(next.size());
  if (!graph_->is_weighted()) return next[to_below(draws.next(), arcs)];
  const AliasView alias{columns_.data() + graph_->begin(node), arcs};
  const std::uint32_t column = draws.next();
  return next[static_cast<std::size_t>(row_of(alias.draw(column, draws.next())))];
}

// Draws by weight alone, and rejects with probability 1 - a / high, where `high` is the highest a but that of
// the way back. If that is higher, it has an area of its own beside those of all arcs.
std::int32_t Walks::second_order(std::int32_t before, std::int32_t node, WalkDraws& draws) const {
  const std::size_t arcs = graph_->neighbors(node).size();
  if (arcs <= kFewArcs) return exact_second_order(before, node, draws);
  const double high = std::max(1.0, out_);
  const double low = std::min(1.0, out_);
  double all = 0;
  double beside = 0;
  if (back_ > high) {
    all =
        high * (graph_->is_weighted() ? totals_[static_cast<std::size_t>(node)] : static_cast<double>(arcs));
    beside = (back_ - high) * weight(node, before);
  }
  for (int rejected = 0; rejected < kMostRejected; ++rejected) {
    if (beside > 0 && draws.unit() * (all + beside) >= all) return before;
    const std::int32_t next = first_order(node, draws);
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
