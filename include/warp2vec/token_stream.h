#pragma once
/// An encoded corpus: word ids and sentence ends.

#include <warp2vec/types.h>

#include <cstdint>
#include <vector>

namespace warp2vec {

/// Sentence i is ids[ends[i - 1] .. ends[i]), starting from 0. Ends are strictly increasing (no empty
/// sentences); the last is ids.size().
struct TokenStream {
  std::vector<WordId> ids;
  std::vector<std::int64_t> ends;

  std::int64_t tokens() const { return static_cast<std::int64_t>(ids.size()); }
};

}  // namespace warp2vec
