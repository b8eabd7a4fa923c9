#include "host/cli/commands/commands.h"
#include "host/cli/commands/known_words.h"
#include "host/cli/flags/flags.h"
#include "host/cli/flags/vector_files.h"
#include "host/cli/terminal/neighbor_table.h"

#include <iostream>

namespace warp2vec::cli {

int run_analogy(const Arguments& arguments) {
  std::string path;
  std::int64_t limit = 0;
  std::vector<std::string> words;
  std::int64_t top = 10;
  Flags flags("analogy A B C",
              "Answers 'A is to B as C is to ?': the words nearest to B - A + C, with their similarity "
              "(cosine, -1 to 1).",
              "Example:\n  warp2vec analogy --vectors vectors.bin man king woman\n");
  flags.text("--vectors", "FILE", path, kVectorsHelp);
  add_limit_flag(flags, limit);
  flags.number("--top", "N", top, "Answers to show; >= 1 (default 10)");
  flags.positionals(words);
  flags.parse(arguments);
  if (path.empty()) throw UsageError("analogy needs --vectors FILE");
  if (words.size() != 3)
    throw UsageError("analogy needs three words A B C, got " + std::to_string(words.size()));
  if (top < 1) throw UsageError("--top " + std::to_string(top) + " is out of range: expected 1 or more");

  const KeyedVectors space(load_vectors_of(path, limit));
  check_known(space, words, path);
  const std::string title = words[0] + " is to " + words[1] + " as " + words[2] + " is to";
  write_neighbors(std::cout, title, space.most_similar({words[1], words[2]}, {words[0]}, top));
  return 0;
}

}  // namespace warp2vec::cli
