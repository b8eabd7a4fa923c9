#include <warp2vec/error.h>
#include <warp2vec/model.h>

#include "host/cli/commands/commands.h"
#include "host/cli/commands/known_words.h"
#include "host/cli/commands/query.h"
#include "host/cli/flags/flags.h"
#include "host/cli/terminal/json_text.h"
#include "host/cli/terminal/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <span>
#include <utility>

namespace warp2vec::cli {
namespace {

using nlohmann::json;

constexpr int kDecimals = 4;
constexpr std::size_t kLogColumn = 10;

// The probabilities of `words`, in their order.
std::vector<WordProbability> probabilities_of(const TrainedModel& model, std::span<const WordId> contexts,
                                              const std::vector<std::string>& words) {
  const std::vector<double> all = log_probabilities(model, contexts);
  std::vector<WordProbability> chosen;
  for (const std::string& word : words) {
    const WordId id = *model.vocabulary.find(word);
    chosen.push_back({id, all[static_cast<std::size_t>(row_of(id))]});
  }
  return chosen;
}

void write_table(std::ostream& out, const std::string& context, const Vocabulary& vocabulary,
                 const std::vector<WordProbability>& words) {
  const auto shown = [&vocabulary](const WordProbability& row) {
    return printable(vocabulary.word(row.word));
  };
  std::size_t width = display_width("word");
  for (const WordProbability& row : words) width = std::max(width, display_width(shown(row)));
  out << "P(word | " << printable(context) << ")\n  " << pad_right("word", width) << "  "
      << pad_right("log P", kLogColumn) << "  P\n";
  for (const WordProbability& row : words)
    out << "  " << pad_right(shown(row), width) << "  "
        << pad_right(format_fixed(row.log_probability, kDecimals), kLogColumn) << "  "
        << format_significant(std::exp(row.log_probability), kDecimals) << "\n";
}

json to_json(const std::vector<std::string>& context, const Vocabulary& vocabulary,
             const std::vector<WordProbability>& words) {
  json rows = json::array();
  for (const WordProbability& row : words)
    rows.push_back({{"word", vocabulary.word(row.word)},
                    {"log_probability", row.log_probability},
                    {"probability", std::exp(row.log_probability)}});
  return {{"context", context}, {"words", std::move(rows)}};
}

}  // namespace

int run_probability(const Arguments& arguments) {
  std::string path;
  std::vector<std::string> words;
  std::int64_t top = 10;
  bool as_json = false;
  Flags flags(
      "probability [FILE] CONTEXT [WORD...]",
      "Shows how likely each WORD is near CONTEXT, or without a WORD the most likely words there: "
      "log P(word | context), the natural logarithm, and P. CONTEXT is a word, or for a model trained with "
      "--model cbow any number of words in one argument. The model must have been written by 'warp2vec "
      "train --save-model' with --loss hs, ns+hs or softmax; negative sampling alone learns no "
      "probabilities.",
      "Examples:\n"
      "  warp2vec train --input text.txt --output vectors.bin --loss hs --save-model model.w2v\n"
      "  warp2vec probability --model model.w2v river --top 5\n"
      "  warp2vec probability --model model.w2v river water bank copper\n"
      "  warp2vec probability --model cbow.w2v 'the capital of is' paris london\n\n"
      "Put -- before a word that starts with '-'.\n");
  flags.text("--model", "FILE", path, or_first_word("A model written by 'warp2vec train --save-model'."));
  flags.number("--top", "N", top, "Words to show if no WORD is given; >= 1 (default 10)");
  flags.on_off("--json", as_json, kJsonHelp);
  flags.positionals(words);
  flags.parse(arguments);
  take_file("probability", "--model", path, words);
  if (words.empty()) throw UsageError("probability needs a context word");
  if (top < 1) throw UsageError("--top " + std::to_string(top) + " is out of range: expected 1 or more");
  if (flags.given("--top") && words.size() > 1)
    throw UsageError("--top is for the most likely words: give it or a WORD after the context, not both");

  const TrainedModel model = load_model(path);
  const std::string context = words.front();
  words.erase(words.begin());
  const std::vector<std::string> context_words = words_in(context);
  if (context_words.empty()) throw UsageError("probability needs a context word");
  std::vector<std::string> all_words = context_words;
  all_words.insert(all_words.end(), words.begin(), words.end());
  check_known(model.vocabulary, all_words, path);
  std::vector<WordId> contexts;
  for (const std::string& word : context_words) contexts.push_back(*model.vocabulary.find(word));
  std::vector<WordProbability> found;
  try {
    found = words.empty() ? top_k(model, contexts, top) : probabilities_of(model, contexts, words);
  } catch (const Error& error) {
    throw Error(path + ": " + error.what());
  }
  if (as_json)
    write_json(std::cout, to_json(context_words, model.vocabulary, found), 2);
  else
    write_table(std::cout, context, model.vocabulary, found);
  return 0;
}

}  // namespace warp2vec::cli
