#pragma once
/// The flags of graphs and of walks on them.

#include <warp2vec/graph.h>

#include "host/cli/flags/flags.h"

#include <string>
#include <vector>

namespace warp2vec::cli {

struct GraphOptions {
  std::vector<std::string> paths;  ///< empty without a graph
  GraphFormat format;
  WalkSettings walks;  ///< but for the seed, which is that of the run
};

inline constexpr const char* kGraphHelp =
    "A graph: files of an edge a line, 'node node' or 'node node weight', separated by white space or a "
    "comma; or '-' for "
    "standard input; plain, .gz, .zst, .bz2 or .xz. Nodes are words or integers; lines that begin with # or "
    "% are skipped. "
    "Takes several paths and may be repeated.";

/// Adds all but that of the paths; `options` must outlive `flags`.
void add_graph_flags(Flags& flags, GraphOptions& options);

/// Throws UsageError for walks out of range, and for flags that contradict each other.
void check_graph(const GraphOptions& options);

/// Throws UsageError for the first flag of add_graph_flags() that is given: "--p `why`".
void refuse_graph_flags(const Flags& flags, const std::string& why);

/// The flags that give these options, those of the paths as --graph.
std::vector<std::string> flags_of(const GraphOptions& options);

}  // namespace warp2vec::cli
