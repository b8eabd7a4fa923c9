#include "host/cli/commands/commands.h"
#include "host/cli/flags/output_check.h"
#include "host/cli/run/interrupt.h"
#include "host/cli/run/vocabulary_source.h"
#include "host/cli/terminal/text.h"
#include "host/io/atomic_file.h"

#include <iostream>
#include <string>
#include <vector>

namespace warp2vec::cli {
namespace {

CorpusCounts count(const std::vector<std::string>& inputs, const Config& config, bool quiet) {
  const SignalGuard guard(SignalAction::ignore_closed_pipes);
  ProgressDisplay display = ProgressDisplay::on_stderr(quiet);
  return count_vocabulary(Corpus(inputs), config, display);
}

}  // namespace

int run_vocab(const Arguments& arguments) {
  std::vector<std::string> inputs;
  std::string output;
  Config config;
  bool quiet = false;
  Flags flags("vocab",
              "Counts the words of a text and writes them as 'word count' lines, the most frequent first.",
              "Example:\n  warp2vec vocab --input text.txt --output words.txt --min-count 10\n");
  flags.list("--input", "PATH", inputs, kTextHelp);
  flags.text("--output", "FILE", output, "Where to write the words; 'train --read-vocab' reads this file.");
  add_vocabulary_flags(flags, config);
  flags.number("--threads", "N", config.threads, kThreadsHelp);
  flags.on_off("--quiet", quiet, "Print nothing but errors.");
  flags.parse(arguments);
  check_settings(config);
  if (inputs.empty()) throw UsageError("vocab needs --input PATH");
  if (output.empty()) throw UsageError("vocab needs --output FILE");

  check_distinct({{"--output", output}}, named("--input", inputs));
  check_writable(output);
  const CorpusCounts counts = count(inputs, config, quiet);
  save_vocabulary(counts.vocabulary, output);
  if (!quiet) {
    std::cout << "words in the text    " << with_commas(counts.tokens) << "\n"
              << "different words      " << with_commas(counts.types) << "\n"
              << "words in the file    " << with_commas(counts.vocabulary.size()) << "\n"
              << "their occurrences    " << with_commas(counts.vocabulary.total()) << "\n";
  }
  return 0;
}

}  // namespace warp2vec::cli
