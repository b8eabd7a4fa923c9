#pragma once
/// Walks on a graph in the place of a text, with messages for the user.

#include <warp2vec/graph.h>
#include <warp2vec/ranks.h>

#include "host/cli/flags/graph_options.h"
#include "host/cli/report/progress.h"

#include <cstdint>
#include <string>

namespace warp2vec::cli {

class GraphInput {
 public:
  /// Reads the graph, and says how large it is. Throws Error as read_graph() does, and Interrupted after
  /// Ctrl-C.
  GraphInput(const GraphOptions& options, std::uint64_t seed, ProgressDisplay& display);
  GraphInput(const GraphInput&) = delete;
  GraphInput& operator=(const GraphInput&) = delete;

  const Walks& walks() const { return walks_; }
  std::int64_t bytes() const { return bytes_; }  ///< of the files

 private:
  NamedGraph read_;
  Walks walks_;
  std::int64_t bytes_ = 0;
};

/// Shows the progress of `what`; throws Interrupted after Ctrl-C. `display` must outlive the result.
GraphProgress walks_progress(ProgressDisplay& display, const std::string& what, const Walks& walks);

/// Counts the nodes of the walks. Throws Interrupted after Ctrl-C. `ranks`: null, or those of a divided run.
CorpusCounts count_vocabulary(const Walks& walks, const Config& config, ProgressDisplay& display,
                              Ranks* ranks = nullptr);

}  // namespace warp2vec::cli
