#pragma once
/// Word vectors in memory.

#include <warp2vec/word_vectors.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {

/// At least one word; all vectors have the same length.
inline WordVectors word_vectors_of(const std::vector<std::pair<std::string, std::vector<float>>>& rows) {
  WordVectors made;
  made.vectors =
      Matrix(static_cast<std::int64_t>(rows.size()), static_cast<std::int32_t>(rows[0].second.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    made.words.push_back(rows[i].first);
    std::copy(rows[i].second.begin(), rows[i].second.end(), made.vectors.row(static_cast<std::int64_t>(i)));
  }
  return made;
}

}  // namespace warp2vec
