#include "host/cli/run/graph_input.h"

#include "host/cli/process/interrupt.h"
#include "host/cli/terminal/text.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

namespace warp2vec::cli {
namespace {

NamedGraph read(const GraphOptions& options, ProgressDisplay& display) {
  std::vector<std::string> paths = options.paths;
  std::replace(paths.begin(), paths.end(), std::string("-"), std::string("/dev/stdin"));
  return read_graph(paths, options.format, [&display](std::int64_t lines) {
    stop_if_interrupted();
    display.show("reading the graph  " + with_commas(lines) + " lines");
  });
}

WalkSettings with_seed(WalkSettings settings, std::uint64_t seed) {
  settings.seed = seed;
  return settings;
}

}  // namespace

GraphInput::GraphInput(const GraphOptions& options, std::uint64_t seed, ProgressDisplay& display)
    : read_(read(options, display)), walks_(read_.graph, with_seed(options.walks, seed), read_.names) {
  for (const std::string& path : options.paths) {
    std::error_code special;
    const std::uintmax_t bytes = std::filesystem::file_size(path, special);
    if (!special) bytes_ += static_cast<std::int64_t>(bytes);
  }
  if (read_.has_unread_weights) display.say("note: edges have weights, which only --weighted reads");
  display.say("graph: " + with_commas(read_.graph.nodes()) + " nodes, " + with_commas(read_.graph.arcs()) +
              (options.format.directed ? " edges" : " neighbours") + "; " + with_commas(walks_.size()) +
              " walks");
}

GraphProgress walks_progress(ProgressDisplay& display, const std::string& what, const Walks& walks) {
  return [&display, what, all = walks.size()](std::int64_t done) {
    stop_if_interrupted();
    display.show(what + "  " + with_commas(done) + " of " + with_commas(all) + " walks");
  };
}

CorpusCounts count_vocabulary(const Walks& walks, const Config& config, ProgressDisplay& display,
                              Ranks* ranks) {
  CorpusCounts counts = count_words(walks, config.min_count, config.max_vocab, thread_count(config),
                                    walks_progress(display, "counting nodes", walks), ranks);
  display.say("vocabulary: " + with_commas(counts.vocabulary.size()) + " of " + with_commas(counts.types) +
              " nodes, which make up " + with_commas(counts.vocabulary.total()) + " of the walks' " +
              with_commas(counts.tokens));
  return counts;
}

}  // namespace warp2vec::cli
