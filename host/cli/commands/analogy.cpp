#include "host/cli/commands/commands.h"
#include "host/cli/commands/query.h"
#include "host/cli/flags/usage_error.h"
#include "host/cli/terminal/text.h"

namespace warp2vec::cli {
namespace {

bool is_sign(const std::string& word) { return word == "+" || word == "-"; }

// Words with signs between them.
Question sum(const std::vector<std::string>& words) {
  Question question{joined(words, " "), {}};
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const std::string sign = i > 0 ? words[i - 1] : "+";
    if (!is_sign(sign) || is_sign(words[i])) break;
    (sign == "+" ? question.positive : question.negative).push_back(words[i]);
  }
  if (2 * (question.positive.size() + question.negative.size()) != words.size() + 1)
    throw UsageError("'" + question.title + "': expected words with + or - between them");
  return question;
}

Question analogy_of(const std::vector<std::string>& words) {
  for (const std::string& word : words)
    if (is_sign(word)) return sum(words);
  if (words.size() != 3)
    throw UsageError("an analogy needs three words A B C, got " + std::to_string(words.size()));
  return {words[0] + " is to " + words[1] + " as " + words[2] + " is to", {words[1], words[2]}, {words[0]}};
}

std::vector<Question> single(const std::vector<std::string>& words) { return {analogy_of(words)}; }

int analogy(const std::string& name, std::int64_t top, const Arguments& arguments,
            const std::string& last_line = "") {
  return run_query(
      {name, "A B C",
       "Answers 'A is to B as C is to ?': the words nearest to B - A + C, with their similarity "
       "(cosine, -1 to 1), or those nearest to any such sum. Without words, reads lines of them from "
       "standard input.",
       "Examples:\n"
       "  warp2vec " +
           name +
           " --vectors vectors.bin man king woman\n"
           "  warp2vec " +
           name +
           " --vectors vectors.bin king - man + woman\n"
           "  warp2vec " +
           name + " vectors.bin\n",
       top, single, single, last_line},
      arguments);
}

}  // namespace

int run_analogy(const Arguments& arguments) { return analogy("analogy", 10, arguments); }
int run_word_analogy(const Arguments& arguments) { return analogy("word-analogy", 40, arguments, "EXIT"); }

}  // namespace warp2vec::cli
