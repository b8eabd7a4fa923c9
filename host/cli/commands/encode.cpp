#include <warp2vec/encoded_corpus.h>

#include "host/cli/commands/commands.h"
#include "host/cli/flags/input_flags.h"
#include "host/cli/flags/output_check.h"
#include "host/cli/process/interrupt.h"
#include "host/cli/run/requirements.h"
#include "host/cli/run/run_costs.h"
#include "host/cli/run/scratch.h"
#include "host/cli/run/vocabulary_source.h"
#include "host/cli/terminal/text.h"
#include "host/io/atomic_file.h"

#include <iostream>
#include <string>
#include <vector>

namespace warp2vec::cli {
namespace {

void check_files(const TrainOptions& options) {
  if (options.inputs.empty()) throw UsageError("encode needs --input PATH");
  if (options.output.empty()) throw UsageError("encode needs --output FILE");
  refuse_compressed({{"--output", options.output}});
  std::vector<NamedPath> read = named("--input", options.inputs);
  if (!options.read_vocab.empty()) read.push_back({"--read-vocab", options.read_vocab});
  check_distinct({{"--output", options.output}}, read);
  check_scratch_folder(options);
  check_writable(options.output);
}

// Before the text is encoded. How many words of it are in a vocabulary from elsewhere is not known.
void require_corpus_space(const TrainOptions& options, const Vocabulary& vocabulary) {
  if (!options.read_vocab.empty()) return;
  const CorpusSize size = size_of(vocabulary, options.config);
  const std::int64_t bytes = corpus_bytes(size);
  require_space({{"--output", options.output, bytes, bytes}});
}

void write_corpus(const TrainOptions& options, ProgressDisplay& display) {
  const Corpus corpus = open_texts(options, {options.output}, display);
  // From here on, a signal ends the command where it removes its temporary file.
  const SignalGuard guard(SignalAction::stop);
  const auto count = [&](const TrainOptions& all) { return count_vocabulary(corpus, all, display); };
  const Vocabulary vocabulary = find_vocabulary(options, nullptr, count, display).vocabulary;
  require_corpus_space(options, vocabulary);
  CorpusFileWriter writer(vocabulary, {options.config.min_count, options.config.max_vocab}, options.output);
  encode(corpus, vocabulary, thread_count(options.config), writer,
         reading_progress(display, "encoding the text", corpus.bytes()));
  stop_if_interrupted();
  writer.commit();
}

}  // namespace

int run_encode(const Arguments& arguments) {
  TrainOptions options;
  Flags flags(
      "encode",
      "Writes a text as word ids, with its vocabulary, into a file that 'train --input' reads in place of "
      "the text: without counting and encoding it again, and without holding it in memory.",
      "Example:\n"
      "  warp2vec encode --input text.txt --output corpus.ids\n"
      "  warp2vec train --input corpus.ids --output vectors.bin\n");
  add_input_flags(flags, options, kTextHelp);
  add_id_flags(flags, options);
  flags.text("--output", "FILE", options.output,
             "Where to write it: 4 bytes a word, completely or not at all.");
  flags.text("--read-vocab", "FILE", options.read_vocab, kReadVocabHelp);
  add_vocabulary_flags(flags, options.config);
  flags.number("--threads", "N", options.config.threads, kThreadsHelp);
  add_scratch_flags(flags, options, "");
  flags.on_off("--quiet", options.quiet, "Print nothing but errors.");
  flags.parse(arguments);
  find_inputs(flags, options);
  check_settings(options.config);
  check_files(options);
  const SignalGuard guard(SignalAction::ignore_closed_pipes);
  ProgressDisplay display = ProgressDisplay::on_stderr(options.quiet);
  try {
    write_corpus(options, display);
  } catch (const Interrupted& interrupted) {
    display.say("stopped; nothing was written");
    return exit_status_of(interrupted.signal());
  }
  display.say("corpus: " + options.output);
  return 0;
}

}  // namespace warp2vec::cli
