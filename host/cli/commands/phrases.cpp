#include <warp2vec/phrases.h>

#include "host/cli/commands/commands.h"
#include "host/cli/flags/input_flags.h"
#include "host/cli/flags/output_check.h"
#include "host/cli/process/interrupt.h"
#include "host/cli/run/scratch.h"
#include "host/cli/run/vocabulary_source.h"
#include "host/cli/terminal/text.h"
#include "host/compression/compression.h"
#include "host/io/atomic_file.h"

#include <array>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec::cli {
namespace {

// gensim's ENGLISH_CONNECTOR_WORDS.
constexpr std::array kEnglishConnectors{"a",  "an", "the", "of", "with", "without", "at", "from",
                                        "to", "in", "on",  "by", "and",  "or",      "for"};

struct PhraseOptions {
  TrainOptions text;  // input, output, threads, memory
  std::string save_phrases;
  std::vector<std::string> thresholds;
  std::vector<std::string> connectors;
  std::string delimiter = "_";
  std::int64_t passes = 1;
  PhraseSettings settings;
};

// word2phrase's flags, whose -debug 0 is --quiet.
Arguments with_own_flags(const Arguments& arguments) {
  Arguments own;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "-train") {
      own.emplace_back("--input");
    } else if (argument == "-output" || argument == "-threshold" || argument == "-min-count") {
      own.push_back("-" + argument);
    } else if (argument == "-debug") {
      if (++i == arguments.size()) throw UsageError("-debug needs a value");
      if (arguments[i] == "0") own.emplace_back("--quiet");
    } else {
      own.push_back(argument);
    }
  }
  return own;
}

PhraseScore parse_score(const std::string& text) {
  if (text == "word2vec") return PhraseScore::word2vec;
  if (text == "npmi") return PhraseScore::npmi;
  throw UsageError("--score: expected word2vec or npmi, got '" + text + "'");
}

// One for each pass.
std::vector<double> thresholds_of(const PhraseOptions& options, bool passes_given) {
  std::vector<double> thresholds;
  for (const std::string& text : options.thresholds)
    thresholds.push_back(parse_number<double>("--threshold", text));
  if (thresholds.empty()) thresholds.push_back(options.settings.score == PhraseScore::npmi ? 0.5 : 100);
  if (options.passes < 1)
    throw UsageError("--passes " + std::to_string(options.passes) + ": expected 1 or more");
  const auto passes = static_cast<std::size_t>(options.passes);
  if (passes_given && thresholds.size() == 1) thresholds.resize(passes, thresholds.front());
  if (passes_given && thresholds.size() != passes)
    throw UsageError("--passes " + std::to_string(passes) + " and " + std::to_string(thresholds.size()) +
                     " values of --threshold: expected one, or one for each pass");
  return thresholds;
}

void check_files(const PhraseOptions& options) {
  const TrainOptions& text = options.text;
  if (text.inputs.empty()) throw UsageError("expected --input PATH (word2phrase's -train), the text");
  if (text.output.empty()) throw UsageError("expected --output FILE (word2phrase's -output)");
  std::vector<NamedPath> outputs{{"--output", text.output, true}};
  if (!options.save_phrases.empty()) outputs.push_back({"--save-phrases", options.save_phrases, true});
  check_distinct(outputs, named("--input", text.inputs));
  check_scratch_folder(text);
  for (const NamedPath& output : outputs) check_writable(output.path);
}

void save_list(const std::vector<Phrase>& list, const std::string& path) {
  AtomicFile file(path, compression_of_name(path));
  for (const Phrase& phrase : list)
    file.write(phrase.text + " " + std::to_string(phrase.count) + " " + format_real(phrase.score) + "\n");
  file.commit();
}

}  // namespace

int run_phrases(const Arguments& arguments) {
  PhraseOptions options;
  PhraseSettings& settings = options.settings;
  Flags flags("phrases",
              "Joins adjacent words that occur together more often than by chance, such as new_york, and "
              "writes the text with these as single words, for training.",
              "Examples:\n"
              "  warp2vec phrases --input text.txt --output joined.txt\n"
              "  warp2vec phrases --input text.txt --output joined.txt --threshold 200 100\n"
              "  warp2vec phrases --input text.txt --output joined.txt --score npmi --connectors english\n"
              "word2phrase's flags (-train, -output, -min-count, -threshold) work as they are.\n");
  add_input_flags(flags, options.text, kTextHelp);
  add_output_flag(
      flags, "--output", options.text.output,
      "The text with its phrases joined: words separated by single spaces, a sentence per line. It "
      "is compressed if it is named .gz, .zst, .bz2 or .xz.");
  flags.text("--save-phrases", "FILE", options.save_phrases,
             "Also write the phrases of the last pass, one 'phrase count score' per line, the highest score "
             "first.");
  add_min_count_flag(flags, settings.min_count,
                     "Words and pairs that occur fewer than N times are never joined; >= 1 (default 5)");
  flags.custom(
      "--score", "SCORE", [&settings](const std::string& text) { settings.score = parse_score(text); },
      "word2vec: (count(a b) - min-count) / (count(a) count(b)) x words of the text; npmi: normalised "
      "pointwise mutual information, -1 to 1 (default word2vec)",
      {"word2vec", "npmi"});
  flags.list(
      "--threshold", "X", options.thresholds,
      "Pairs with higher scores are joined: higher values give fewer phrases. Several values are those "
      "of several passes (default 100, with npmi 0.5)");
  flags.number(
      "--passes", "N", options.passes,
      "Passes over the text, each joining what the ones before have joined: phrases have up to 2, 4, "
      "8, ... words; >= 1 (default 1, or one for each --threshold)");
  flags.list(
      "--connectors", "WORD", options.connectors,
      "Words that phrases may contain, but neither begin nor end with, as in bank_of_america; 'english' "
      "are gensim's: a an and at by for from in of on or the to with without");
  flags.text("--delimiter", "C", options.delimiter,
             "Character between the words of a phrase; printable ASCII (default _)");
  flags.number("--threads", "N", settings.threads, kThreadsHelp);
  add_scratch_flags(flags, options.text, "the text between two passes, ");
  flags.on_off("--quiet", options.text.quiet, "Print nothing but errors.");
  flags.parse(with_own_flags(arguments));
  find_inputs(flags, options.text);

  options.text.config.threads = settings.threads;
  check_settings(options.text.config);
  const std::vector<double> thresholds = thresholds_of(options, flags.given("--passes"));
  if (options.delimiter.size() != 1)
    throw UsageError("--delimiter '" + options.delimiter + "': expected one ASCII character");
  settings.delimiter = options.delimiter.front();
  for (const std::string& word : options.connectors) {
    if (word == "english") {
      settings.connectors.insert(settings.connectors.end(), kEnglishConnectors.begin(),
                                 kEnglishConnectors.end());
    } else {
      settings.connectors.push_back(word);
    }
  }
  try {
    for (const double threshold : thresholds) {
      settings.threshold = threshold;
      settings.validate();
    }
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
  check_files(options);
  settings.memory = count_memory(options.text);

  const SignalGuard guard(SignalAction::ignore_closed_pipes);
  ProgressDisplay display = ProgressDisplay::on_stderr(options.text.quiet);
  const Corpus corpus = open_texts(options.text, {options.text.output}, display);
  const JoinedText joined = join_phrases(corpus, settings, thresholds, options.text.output,
                                         reading_progress(display, "joining phrases", corpus.bytes()));
  if (!options.save_phrases.empty()) save_list(joined.list, options.save_phrases);
  if (!options.text.quiet) {
    std::ostream& out = options.text.output == kStandardOutput ? std::cerr : std::cout;
    out << "different phrases    " << with_commas(std::ssize(joined.list)) << "\n"
        << "their occurrences    " << with_commas(joined.phrases) << "\n"
        << "words written        " << with_commas(joined.words) << "\n";
  }
  return 0;
}

}  // namespace warp2vec::cli
