#include "host/cli/commands/commands.h"
#include "host/cli/commands/known_words.h"
#include "host/cli/flags/flags.h"
#include "host/cli/flags/vector_files.h"
#include "host/cli/terminal/neighbor_table.h"

#include <iostream>

namespace warp2vec::cli {

int run_neighbors(const Arguments& arguments) {
  std::string path;
  std::int64_t limit = 0;
  std::vector<std::string> words;
  std::int64_t top = 10;
  Flags flags(
      "neighbors WORD...",
      "Shows the words whose vectors are most similar to each WORD's; similarity is the cosine, -1 to 1.",
      "Example:\n  warp2vec neighbors --vectors vectors.bin house dog --top 5\n\n"
      "Put -- before a word that starts with '-'.\n");
  flags.text("--vectors", "FILE", path, kVectorsHelp);
  add_limit_flag(flags, limit);
  flags.number("--top", "N", top, "Words to show; >= 1 (default 10)");
  flags.positionals(words);
  flags.parse(arguments);
  if (path.empty()) throw UsageError("neighbors needs --vectors FILE");
  if (words.empty()) throw UsageError("neighbors needs at least one word");
  if (top < 1) throw UsageError("--top " + std::to_string(top) + " is out of range: expected 1 or more");

  const KeyedVectors space(load_vectors_of(path, limit));
  check_known(space, words, path);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) std::cout << "\n";
    write_neighbors(std::cout, words[i], space.most_similar({words[i]}, {}, top));
  }
  return 0;
}

}  // namespace warp2vec::cli
