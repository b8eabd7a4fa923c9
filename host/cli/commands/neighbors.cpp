#include "host/cli/commands/commands.h"
#include "host/cli/commands/query.h"
#include "host/cli/terminal/text.h"

namespace warp2vec::cli {
namespace {

std::vector<Question> one_each(const std::vector<std::string>& words) {
  std::vector<Question> questions;
  for (const std::string& word : words) questions.push_back({word, {word}});
  return questions;
}

Question all_together(const std::vector<std::string>& words) { return {joined(words, " "), words}; }

int neighbors(const std::string& name, std::int64_t top, const Arguments& arguments) {
  return run_query(
      {name, "WORD...",
       "Shows the words whose vectors are most similar to each WORD's; similarity is the cosine, -1 "
       "to 1. Without a WORD, reads lines from standard input and shows the words most similar to "
       "the mean of all words of each line.",
       "Examples:\n"
       "  warp2vec " +
           name +
           " --vectors vectors.bin house dog --top 5\n"
           "  warp2vec " +
           name +
           " vectors.bin\n\n"
           "Put -- before a word that starts with '-'.\n",
       top, one_each, all_together},
      arguments);
}

}  // namespace

int run_neighbors(const Arguments& arguments) { return neighbors("neighbors", 10, arguments); }
int run_distance(const Arguments& arguments) { return neighbors("distance", 40, arguments); }

}  // namespace warp2vec::cli
