#include "host/io/utf8.h"

#include <cstddef>

namespace warp2vec {

bool is_valid_utf8(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return static_cast<unsigned>(static_cast<unsigned char>(text[i]));
  };
  std::size_t at = 0;
  while (at < text.size()) {
    const unsigned lead = byte(at);
    if (lead < 0x80) {
      ++at;
      continue;
    }
    if (lead < 0xC2 || lead > 0xF4) return false;  // continuation, overlong, or above U+10FFFF
    const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (text.size() - at < length) return false;
    for (std::size_t i = 1; i < length; ++i)
      if ((byte(at + i) & 0xC0U) != 0x80) return false;
    const unsigned second = byte(at + 1);
    if (lead == 0xE0 && second < 0xA0) return false;   // overlong
    if (lead == 0xED && second >= 0xA0) return false;  // surrogates
    if (lead == 0xF0 && second < 0x90) return false;   // overlong
    if (lead == 0xF4 && second >= 0x90) return false;  // above U+10FFFF
    at += length;
  }
  return true;
}

std::string quoted(std::string_view word) {
  constexpr std::size_t kMost = 60;
  if (word.size() <= kMost) return "'" + std::string(word) + "'";
  std::size_t shown = kMost;
  while (shown > kMost - 4 && (static_cast<unsigned char>(word[shown]) & 0xC0U) == 0x80) --shown;
  return "'" + std::string(word.substr(0, shown)) + "...'";
}

}  // namespace warp2vec
