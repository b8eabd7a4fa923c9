#include "host/cli/terminal/neighbor_table.h"

#include "host/cli/terminal/text.h"

#include <algorithm>

namespace warp2vec::cli {

void write_neighbors(std::ostream& out, const std::string& title, const std::vector<Neighbor>& neighbors) {
  std::vector<std::string> words;
  words.reserve(neighbors.size());
  for (const Neighbor& neighbor : neighbors) words.push_back(printable(neighbor.word));
  std::size_t width = display_width("word");
  for (const std::string& word : words) width = std::max(width, display_width(word));
  out << printable(title) << "\n  " << pad_right("word", width) << "  similarity\n";
  for (std::size_t i = 0; i < neighbors.size(); ++i)
    out << "  " << pad_right(words[i], width) << "  " << format_fixed(neighbors[i].similarity, 4) << "\n";
}

}  // namespace warp2vec::cli
