#pragma once
/// Reports unknown words.

#include <warp2vec/error.h>

#include <string>
#include <vector>

namespace warp2vec::cli {

/// Throws Error naming `path` and the words of `asked` that are not in `words`, which has find().
template <class Words>
void check_known(const Words& words, const std::vector<std::string>& asked, const std::string& path) {
  std::string missing;
  for (const std::string& word : asked) {
    if (!words.find(word)) missing += (missing.empty() ? "" : ", ") + word;
  }
  if (!missing.empty()) throw Error("not among the words of " + path + ": " + missing);
}

}  // namespace warp2vec::cli
