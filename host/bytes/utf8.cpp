#include "host/bytes/utf8.h"

#include <utf8proc.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace warp2vec {
namespace {

struct CodePoint {
  std::int32_t value;
  std::size_t bytes;  // 0: not UTF-8
};

// The first code point of `text`, which is not empty.
CodePoint first_code_point(std::string_view text) {
  CodePoint first{};
  const auto bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                      static_cast<utf8proc_ssize_t>(text.size()), &first.value);
  if (bytes > 0) first.bytes = static_cast<std::size_t>(bytes);
  return first;
}

// utf8proc_toupper() maps one code point to one. For Unicode's full mapping, which may be several, the case
// folding is mapped; only upper-case letters are kept, whatever they fold to.
void append_upper(std::string& out, std::int32_t code_point) {
  const bool is_upper = utf8proc_category(code_point) == UTF8PROC_CATEGORY_LU;
  std::array<utf8proc_int32_t, 3> folded{};  // Unicode's longest folding
  const auto options = static_cast<utf8proc_option_t>(is_upper ? 0 : UTF8PROC_CASEFOLD);
  const auto length = utf8proc_decompose_char(code_point, folded.data(), folded.size(), options, nullptr);
  for (std::size_t i = 0; i < static_cast<std::size_t>(length); ++i) {
    std::array<utf8proc_uint8_t, 4> encoded{};
    const auto bytes = utf8proc_encode_char(utf8proc_toupper(folded[i]), encoded.data());
    out.append(reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(bytes));
  }
}

bool is_printable(std::int32_t code_point) {
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    default:
      // The bidirectional embeddings, overrides and isolates. Other format characters are parts of words.
      return !(code_point >= 0x202A && code_point <= 0x202E) &&
             !(code_point >= 0x2066 && code_point <= 0x2069);
  }
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t bytes = first_code_point(text).bytes;
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

std::size_t printable_bytes(std::string_view text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const CodePoint first = first_code_point(rest);
    if (first.bytes == 0 || !is_printable(first.value)) break;
    rest.remove_prefix(first.bytes);
  }
  return text.size() - rest.size();
}

std::string upper_case(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint first = first_code_point(text);
    if (first.bytes > 0)
      append_upper(out, first.value);
    else
      out += text.front();
    text.remove_prefix(first.bytes > 0 ? first.bytes : 1);
  }
  return out;
}

std::string in_quotes(std::string_view word) {
  constexpr std::size_t kMax = 60;
  if (word.size() <= kMax) return "'" + std::string(word) + "'";
  std::size_t shown = kMax;
  while (shown > kMax - 4 && (static_cast<unsigned char>(word[shown]) & 0xC0U) == 0x80) --shown;
  return "'" + std::string(word.substr(0, shown)) + "...'";
}

}  // namespace warp2vec
