#include "host/cli/run/vocabulary_source.h"

#include <warp2vec/error.h>

#include "host/cli/flags/usage_error.h"
#include "host/cli/process/interrupt.h"
#include "host/cli/run/requirements.h"
#include "host/cli/run/scratch.h"
#include "host/cli/terminal/text.h"
#include "host/io/scratch_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

namespace warp2vec::cli {
namespace {

// Its count, its row, and its digits while vectors are saved.
constexpr std::int64_t kBytesOfId = 64;

// Whether words of the initial values are trained that the text may not have, or not often enough.
bool keeps_old_words(const TrainOptions& options, const InitialValues* init) {
  return init != nullptr && options.init_vocab != InitVocab::new_words;
}

// The first names, and how many more there are.
std::string first_of(std::vector<std::string> names) {
  constexpr std::size_t kNamed = 3;
  if (names.size() > kNamed) {
    const std::string more = with_commas(static_cast<std::int64_t>(names.size() - kNamed)) + " more";
    names.resize(kNamed);
    names.push_back(more);
  }
  return joined(names);
}

}  // namespace

ReadProgress reading_progress(ProgressDisplay& display, const std::string& what, std::int64_t bytes) {
  const auto begin = std::chrono::steady_clock::now();
  return [&display, what, bytes, begin](std::int64_t done, std::int64_t tokens) {
    stop_if_interrupted();
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    display.show(format_reading(what, done, bytes, tokens, elapsed.count()), {{"type", "reading"},
                                                                              {"what", what},
                                                                              {"bytes", done},
                                                                              {"bytes_total", bytes},
                                                                              {"words", tokens},
                                                                              {"seconds", elapsed.count()}});
  };
}

Corpus open_texts(const TrainOptions& options, const std::vector<std::string>& outputs,
                  ProgressDisplay& display) {
  Corpus corpus(options.inputs, outputs, options.scratch_folder, {options.ids, options.num_ids},
                options.unicode_spaces);
  if (options.num_ids > 0 && !corpus.has_ids())
    throw UsageError("--num-ids is for --ids and for arrays of ids");
  const AvailableMemory available = available_memory();
  if (!fits(options.num_ids * kBytesOfId, 0, available))
    throw Error("--num-ids " + std::to_string(options.num_ids) + " takes about " +
                format_bytes(options.num_ids * kBytesOfId) + " of memory, whatever --dim is; " +
                describe(available));
  std::vector<std::string> not_read;
  for (const Corpus::NotRead& file : corpus.not_read())
    not_read.push_back(file.path + " (" + file.kind + ")");
  if (!not_read.empty()) display.say("note: not read, since it is no text: " + first_of(std::move(not_read)));
  if (!corpus.json_lines().empty())
    display.say("note: JSON Lines, whose keys, quotes and brackets are read as words: " +
                first_of(corpus.json_lines()) + "; to read the text only, extract it first (jq -r .text)");
  return corpus;
}

CorpusCounts count_vocabulary(const Corpus& corpus, const TrainOptions& options, ProgressDisplay& display,
                              Ranks* ranks) {
  const Config& config = options.config;
  const CountMemory memory = count_memory(options);
  CorpusCounts counts =
      count_words(corpus, config.min_count, config.max_vocab, thread_count(config),
                  reading_progress(display, "counting words", corpus.bytes()), memory, ranks);
  stop_if_interrupted();
  if (counts.spilled_bytes > 0)
    display.say("the counts took more than --count-memory " + format_bytes(memory.bytes) + ": " +
                format_bytes(counts.spilled_bytes) + " were written to the disk of " +
                scratch_folder_or_default(memory.scratch_folder) + ", and are deleted");
  if (counts.invalid_utf8 > 0)
    display.say("warning: " + with_commas(counts.invalid_utf8) +
                " words of the text are not valid UTF-8; they are kept unchanged");
  if (counts.unicode_spaces > 0)
    display.say("note: " + with_commas(counts.unicode_spaces) +
                " words of the text contain white space outside ASCII (such as no-break spaces), as in "
                "word2vec.c; --unicode-spaces separates words there");
  display.say("vocabulary: " + with_commas(counts.vocabulary.size()) + " of " + with_commas(counts.types) +
              " distinct words, which make up " + with_commas(counts.vocabulary.total()) + " of the text's " +
              with_commas(counts.tokens) + " words");
  return counts;
}

Vocabulary load_vocabulary(const std::string& path, const Config& config, ProgressDisplay& display) {
  Vocabulary all = read_vocabulary(path, 1, 0);
  std::vector<std::pair<std::string_view, std::int64_t>> words;
  for (std::int64_t w = 0; w < all.size(); ++w) {
    const auto id = static_cast<WordId>(w);
    words.emplace_back(all.word(id), all.count(id));
  }
  Vocabulary kept(words, config.min_count, config.max_vocab);
  if (kept.size() == 0)
    throw Error("no word of " + path + " has a count of --min-count " + std::to_string(config.min_count) +
                " or more");
  const std::int64_t dropped = all.size() - kept.size();
  display.say(
      "vocabulary: " + with_commas(kept.size()) + " words from " + path +
      (dropped > 0 ? "; " + with_commas(dropped) + " more dropped by --min-count and --max-vocab" : ""));
  return kept;
}

bool is_counted(const TrainOptions& options, const InitialValues* init) {
  const bool kept = init != nullptr && init->loss && options.init_vocab == InitVocab::old_words;
  return options.read_vocab.empty() && !kept;
}

CorpusCounts find_vocabulary(const TrainOptions& options, const InitialValues* init,
                             const CountVocabulary& count, ProgressDisplay& display) {
  // warm_vocabulary() selects among all words.
  TrainOptions all = options;
  if (keeps_old_words(options, init)) {
    all.config.min_count = 1;
    all.config.max_vocab = 0;
  }
  CorpusCounts found;
  if (is_counted(options, init))
    found = count(all);
  else if (!options.read_vocab.empty())
    found.vocabulary = load_vocabulary(options.read_vocab, all.config, display);
  if (keeps_old_words(options, init)) {
    found.vocabulary = warm_vocabulary(*init, options.init_vocab, found.vocabulary, options.config.min_count,
                                       options.config.max_vocab);
    display.say("--init-vocab " + to_string(options.init_vocab) + ": " +
                with_commas(found.vocabulary.size()) + " words to train");
  }
  return found;
}

std::vector<std::int32_t> resolve_ids(TrainOptions& options, const Vocabulary& vocabulary,
                                      std::int64_t counted) try {
  std::vector<std::int32_t> rows = rows_of_ids(vocabulary, options.num_ids);
  if (counted > std::ssize(rows)) rows.resize(static_cast<std::size_t>(counted), -1);
  options.ids = true;
  options.num_ids = std::ssize(rows);
  return rows;
} catch (const Error& error) {
  throw Error("--ids: " + std::string(error.what()));
}

}  // namespace warp2vec::cli
