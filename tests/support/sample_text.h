#pragma once
/// A small text for tests.

#include <cstdint>
#include <string>

namespace warp2vec {

/// `words` words, at most 103 different ones, ten in a line. A shorter text is the beginning of a longer one.
inline std::string sample_text(std::int64_t words) {
  std::string text;
  for (std::int64_t i = 0; i < words; ++i)
    text += "w" + std::to_string(i * i % 97 + i % 7) + (i % 10 == 9 ? "\n" : " ");
  return text;
}

}  // namespace warp2vec
