#include "host/cli/commands/commands.h"
#include "host/cli/commands/query.h"
#include "host/cli/flags/flags.h"
#include "host/cli/terminal/text.h"

#include <algorithm>
#include <sstream>
#include <utility>

namespace warp2vec::cli {
namespace {

// The numbers of "[0.5, -1, 2]"; none if it is a word.
std::vector<float> values_of(std::string text) {
  if (!text.starts_with('[') || !text.ends_with(']')) return {};
  text = text.substr(1, text.size() - 2);
  std::replace(text.begin(), text.end(), ',', ' ');
  std::istringstream in(text);
  std::vector<float> values;
  try {
    for (std::string number; in >> number;) values.push_back(parse_number<float>("vector", number));
  } catch (const UsageError&) {
    return {};
  }
  return values;
}

Question question_of(const std::string& text, const std::vector<std::string>& words) {
  std::vector<float> values = values_of(text);
  if (values.size() < 2) return {text, words};
  std::string title = "vector of " + std::to_string(values.size()) + " values";
  return {std::move(title), {}, {}, std::move(values)};
}

std::vector<Question> one_each(const std::vector<std::string>& words) {
  std::vector<Question> questions;
  for (const std::string& word : words) questions.push_back(question_of(word, {word}));
  return questions;
}

std::vector<Question> all_together(const std::vector<std::string>& words) {
  return {question_of(joined(words, " "), words)};
}

int neighbors(const std::string& name, std::int64_t top, const Arguments& arguments,
              const std::string& last_line = "") {
  return run_query(
      {name, "WORD...",
       "Shows the words whose vectors are most similar to each WORD's; similarity is the cosine, -1 "
       "to 1. Without a WORD, reads lines from standard input and shows the words most similar to "
       "the mean of all words of each line. Numbers in brackets are a vector in place of a WORD.",
       "Examples:\n"
       "  warp2vec " +
           name +
           " --vectors vectors.bin house dog --top 5\n"
           "  warp2vec " +
           name +
           " vectors.bin '[0.12, -0.5, 0.31]'\n"
           "  warp2vec " +
           name +
           " vectors.bin\n\n"
           "Put -- before a word that starts with '-'.\n",
       top, one_each, all_together, last_line},
      arguments);
}

}  // namespace

int run_neighbors(const Arguments& arguments) { return neighbors("neighbors", 10, arguments); }
int run_distance(const Arguments& arguments) { return neighbors("distance", 40, arguments, "EXIT"); }

}  // namespace warp2vec::cli
