#include "host/cli/commands/commands.h"
#include "host/cli/flags/output_check.h"
#include "host/cli/flags/train_options.h"
#include "host/cli/process/interrupt.h"
#include "host/cli/run/graph_input.h"
#include "host/cli/terminal/text.h"
#include "host/io/atomic_file.h"

#include <iostream>
#include <string>

namespace warp2vec::cli {

int run_walks(const Arguments& arguments) {
  GraphOptions options;
  Config config;  // seed and threads
  std::string output;
  bool quiet = false;
  Flags flags("walks",
              "Writes random walks on a graph as text, a walk a line: DeepWalk's, or node2vec's with --p and "
              "--q. 'train "
              "--graph' trains on the same walks without writing them.",
              "Examples:\n"
              "  warp2vec walks --input edges.txt --output walks.txt\n"
              "  warp2vec walks --input edges.csv.gz --weighted --p 0.5 --q 2 --output walks.txt.gz\n");
  flags.list("--input", "PATH", options.paths, kGraphHelp);
  add_output_flag(
      flags, "--output", output,
      "The walks: names of nodes separated by single spaces. It is compressed if it is named .gz, "
      ".zst, .bz2 or .xz.");
  add_graph_flags(flags, options);
  add_seed_flag(flags, config);
  flags.number("--threads", "N", config.threads, kThreadsHelp);
  flags.on_off("--quiet", quiet, "Print nothing but errors.");
  flags.parse(arguments);
  check_settings(config);
  check_graph(options);
  if (options.paths.empty()) throw UsageError("walks needs --input PATH");
  if (output.empty()) throw UsageError("walks needs --output FILE");
  check_distinct({{"--output", output, true}}, named("--input", options.paths));
  check_writable(output);

  const SignalGuard pipes(SignalAction::ignore_closed_pipes);
  ProgressDisplay display = ProgressDisplay::on_stderr(quiet);
  const GraphInput input(options, config.seed, display);
  const std::int64_t nodes = save_walks(input.walks(), output, thread_count(config),
                                        walks_progress(display, "writing walks", input.walks()));
  if (!quiet) {
    std::ostream& out = output == kStandardOutput ? std::cerr : std::cout;
    out << "walks written        " << with_commas(input.walks().size()) << "\n"
        << "nodes in them        " << with_commas(nodes) << "\n";
  }
  return 0;
}

}  // namespace warp2vec::cli
