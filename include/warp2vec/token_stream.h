#pragma once
/// An encoded corpus: word ids and sentence ends.

#include <warp2vec/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec {

/// A file that ids come from.
struct EncodedFile {
  std::string name;         ///< as the user gave it, for messages
  std::int64_t end = 0;     ///< its ids end before this one, and begin where those of the file before end
  std::int64_t tokens = 0;  ///< all of its words, in the vocabulary or not
};

/// Sentence i is ids[ends[i - 1] .. ends[i]), starting from 0. Ends are strictly increasing (no empty
/// sentences); the last is ids.size().
struct TokenStream {
  std::vector<WordId> ids;
  std::vector<std::int64_t> ends;
  std::vector<EncodedFile> files = {};  ///< in order, to the last id; empty if unknown

  std::int64_t tokens() const { return static_cast<std::int64_t>(ids.size()); }
};

}  // namespace warp2vec
