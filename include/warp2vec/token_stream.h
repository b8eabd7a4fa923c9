#pragma once
/// An encoded corpus: word ids and sentence ends.

#include <warp2vec/types.h>

#include <cstdint>
#include <vector>

namespace warp2vec {

/// Sentence i is ids[ends[i - 1] .. ends[i]), the first from 0. Ends rise strictly (no empty sentences); the
/// last one is ids.size().
struct TokenStream {
  std::vector<WordId> ids;
  std::vector<std::int64_t> ends;

  std::int64_t tokens() const { return static_cast<std::int64_t>(ids.size()); }
};

}  // namespace warp2vec
