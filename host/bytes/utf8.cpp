#include "host/bytes/utf8.h"

#include <utf8proc.h>

#include <algorithm>
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

// Bytes of the white-space character outside ASCII that `text` begins with, 0 if there is none: those with
// Unicode's property White_Space.
std::size_t unicode_space_bytes(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return static_cast<unsigned char>(i < text.size() ? text[i] : 0);
  };
  switch (byte(0)) {
    case 0xC2:  // next line, no-break space
      return byte(1) == 0x85 || byte(1) == 0xA0 ? 2 : 0;
    case 0xE1:  // Ogham
      return byte(1) == 0x9A && byte(2) == 0x80 ? 3 : 0;
    case 0xE2:  // those of given widths, line and paragraph separators
      if (byte(1) == 0x81) return byte(2) == 0x9F ? 3 : 0;
      return byte(1) == 0x80 && ((byte(2) >= 0x80 && byte(2) <= 0x8A) || byte(2) == 0xA8 || byte(2) == 0xA9 ||
                                 byte(2) == 0xAF)
                 ? 3
                 : 0;
    case 0xE3:  // ideographic
      return byte(1) == 0x80 && byte(2) == 0x80 ? 3 : 0;
    default:
      return 0;
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

bool has_unicode_space(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at)
    if (unicode_space_bytes(text.substr(at)) > 0) return true;
  return false;
}

void blank_unicode_spaces(char* text, std::size_t bytes) {
  const std::string_view all(text, bytes);
  for (std::size_t at = 0; at < bytes; ++at)
    if (const std::size_t space = unicode_space_bytes(all.substr(at)); space > 0)
      std::fill_n(text + at, space, ' ');
}

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
