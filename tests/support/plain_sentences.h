#pragma once
/// Text split into words by the standard library, for comparison.

#include <sstream>
#include <string>
#include <vector>

namespace warp2vec {

/// The words of each line, which may have none.
inline std::vector<std::vector<std::string>> plain_sentences(const std::string& text) {
  std::vector<std::vector<std::string>> sentences;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    sentences.emplace_back();
    for (std::string word; words >> word;) sentences.back().push_back(word);
  }
  return sentences;
}

}  // namespace warp2vec
