#pragma once
/// Nearest words as `neighbors` and `analogy` show them.

#include <warp2vec/evaluate.h>

#include <ostream>
#include <string>
#include <vector>

namespace warp2vec::cli {

void write_neighbors(std::ostream& out, const std::string& title, const std::vector<Neighbor>& neighbors);

}  // namespace warp2vec::cli
