#include "host/cli/commands/commands.h"
#include "host/cli/flags/input_flags.h"
#include "host/cli/flags/output_check.h"
#include "host/cli/process/interrupt.h"
#include "host/cli/run/scratch.h"
#include "host/cli/run/vocabulary_source.h"
#include "host/cli/terminal/text.h"
#include "host/io/atomic_file.h"

#include <iostream>
#include <string>
#include <vector>

namespace warp2vec::cli {
namespace {

CorpusCounts count(const TrainOptions& options) {
  const SignalGuard guard(SignalAction::ignore_closed_pipes);
  ProgressDisplay display = ProgressDisplay::on_stderr(options.quiet);
  return count_vocabulary(open_texts(options, {}, display), options, display);
}

}  // namespace

int run_vocab(const Arguments& arguments) {
  TrainOptions options;
  Flags flags("vocab",
              "Counts the words of a text and writes them as 'word count' lines, the most frequent first.",
              "Example:\n  warp2vec vocab --input text.txt --output words.txt --min-count 10\n");
  add_input_flags(flags, options, kTextHelp);
  add_id_flags(flags, options);
  add_output_flag(
      flags, "--output", options.output,
      "Where to write the words; 'train --read-vocab' reads this file. It is compressed if it is named .gz, "
      ".zst, .bz2 or .xz.");
  add_vocabulary_flags(flags, options.config);
  flags.number("--threads", "N", options.config.threads, kThreadsHelp);
  add_scratch_flags(flags, options, "");
  flags.on_off("--quiet", options.quiet, "Print nothing but errors.");
  flags.parse(arguments);
  find_inputs(flags, options);
  check_settings(options.config);
  if (options.inputs.empty()) throw UsageError("vocab needs --input PATH");
  if (options.output.empty()) throw UsageError("vocab needs --output FILE");

  check_distinct({{"--output", options.output, true}}, named("--input", options.inputs));
  check_scratch_folder(options);
  check_writable(options.output);
  const CorpusCounts counts = count(options);
  save_vocabulary(counts.vocabulary, options.output);
  if (!options.quiet) {
    std::ostream& out = options.output == kStandardOutput ? std::cerr : std::cout;
    out << "words in the text    " << with_commas(counts.tokens) << "\n"
        << "different words      " << with_commas(counts.types) << "\n"
        << "words in the file    " << with_commas(counts.vocabulary.size()) << "\n"
        << "their occurrences    " << with_commas(counts.vocabulary.total()) << "\n";
  }
  return 0;
}

}  // namespace warp2vec::cli
