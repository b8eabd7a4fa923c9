#include <warp2vec/checkpoint.h>

#include "host/io/crc32.h"
#include "host/io/parallel.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

namespace warp2vec {
namespace {

template <class T>
std::uint32_t crc_of(std::span<const T> values, std::uint32_t crc) {
  return crc32_of({reinterpret_cast<const char*>(values.data()), values.size_bytes()}, crc);
}

// Of the ids and of the ends of sentences, counted from the file's beginning.
void fill_in(const TokenStream& tokens, std::int64_t begin, std::int64_t end, TextFingerprint::File& file) {
  file.ids = end - begin;
  file.crc = crc_of(
      std::span(tokens.ids).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(file.ids)), 0);
  const auto first = std::upper_bound(tokens.ends.begin(), tokens.ends.end(), begin);
  const auto last = std::upper_bound(first, tokens.ends.end(), end);
  file.sentences = last - first;
  constexpr std::ptrdiff_t kAtATime = 4096;
  std::vector<std::int64_t> ends;
  for (auto from = first; from != last;) {
    const auto to = from + std::min(kAtATime, last - from);
    ends.clear();
    for (; from != to; ++from) ends.push_back(*from - begin);
    file.crc = crc_of(std::span<const std::int64_t>(ends), file.crc);
  }
}

}  // namespace

TextFingerprint fingerprint_of(const TokenStream& tokens, int threads) {
  std::vector<EncodedFile> files = tokens.files;
  if (files.empty()) files.push_back({"the text", tokens.tokens(), tokens.tokens()});
  TextFingerprint text;
  text.files.resize(files.size());
  parallel_for(static_cast<std::int64_t>(files.size()), threads, [&](std::int64_t task) {
    const auto i = static_cast<std::size_t>(task);
    text.files[i].name = files[i].name;
    text.files[i].tokens = files[i].tokens;
    fill_in(tokens, i == 0 ? 0 : files[i - 1].end, files[i].end, text.files[i]);
  });
  return text;
}

}  // namespace warp2vec
