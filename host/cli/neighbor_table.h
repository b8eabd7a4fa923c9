#pragma once
/// Nearest words as `neighbors` and `analogy` show them.

#include <warp2vec/evaluate.h>

#include <ostream>
#include <string>
#include <vector>

namespace warp2vec::cli {

/// Throws Error naming those of `words` that are not in `space`, and `path`.
void check_known(const Space& space, const std::vector<std::string>& words, const std::string& path);

void write_neighbors(std::ostream& out, const std::string& title, const std::vector<Neighbor>& neighbors);

}  // namespace warp2vec::cli
