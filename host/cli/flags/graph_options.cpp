#include "host/cli/flags/graph_options.h"

#include "host/cli/terminal/text.h"

#include <array>

namespace warp2vec::cli {
namespace {

constexpr std::array kFlags{"--adjacency", "--directed",    "--weighted", "--p",
                            "--q",         "--walk-length", "--num-walks"};

}  // namespace

void add_graph_flags(Flags& flags, GraphOptions& options) {
  flags.on_off("--adjacency", options.format.adjacency,
               "Lines are a node and its neighbours, of which there may be none (DeepWalk's .adjlist).");
  flags.on_off("--directed", options.format.directed,
               "Edges lead from the first node to the second only; a walk ends where none leads on.");
  flags.on_off(
      "--weighted", options.format.weighted,
      "Each edge has a weight, 0 or more, and walks take it in proportion. Weights of edges between the same "
      "nodes add up; without weights, these are one edge.");
  flags.number("--p", "X", options.walks.p,
               "Return parameter of node2vec: going back has the weight 1/p; 1e-6 to 1e6 (default 1)");
  flags.number("--q", "X", options.walks.q,
               "In-out parameter of node2vec: going on to a node that the node before has no edge to has the "
               "weight 1/q; 1e-6 to "
               "1e6 (default 1). With p = q = 1 walks are DeepWalk's");
  flags.number("--walk-length", "N", options.walks.walk_length,
               "Nodes of a walk; 1 to 1,000,000 (default 80)");
  flags.number("--num-walks", "N", options.walks.num_walks,
               "Walks from each node; 1 to 1,000,000 (default 10)");
}

void check_graph(const GraphOptions& options) {
  if (options.format.adjacency && options.format.weighted)
    throw UsageError("--adjacency and --weighted: a list of neighbours has no weights");
  try {
    options.walks.validate();
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
}

void refuse_graph_flags(const Flags& flags, const std::string& why) {
  for (const char* const flag : kFlags)
    if (flags.given(flag)) throw UsageError(std::string(flag) + " " + why);
}

std::vector<std::string> flags_of(const GraphOptions& options) {
  if (options.paths.empty()) return {};
  std::vector<std::string> flags;
  for (const std::string& path : options.paths) flags.insert(flags.end(), {"--graph", path});
  if (options.format.adjacency) flags.emplace_back("--adjacency");
  if (options.format.directed) flags.emplace_back("--directed");
  if (options.format.weighted) flags.emplace_back("--weighted");
  flags.insert(flags.end(), {"--p", format_real(options.walks.p), "--q", format_real(options.walks.q),
                             "--walk-length", std::to_string(options.walks.walk_length), "--num-walks",
                             std::to_string(options.walks.num_walks)});
  return flags;
}

}  // namespace warp2vec::cli
