#include "host/cli/terminal/neighbor_table.h"

#include "host/cli/terminal/text.h"

#include <algorithm>

namespace warp2vec::cli {

void write_neighbors(std::ostream& out, const std::string& title, const std::vector<Neighbor>& neighbors) {
  std::size_t width = display_width("word");
  for (const Neighbor& neighbor : neighbors) width = std::max(width, display_width(neighbor.word));
  out << title << "\n  " << pad_right("word", width) << "  similarity\n";
  for (const Neighbor& neighbor : neighbors)
    out << "  " << pad_right(neighbor.word, width) << "  " << format_fixed(neighbor.similarity, 4) << "\n";
}

}  // namespace warp2vec::cli
