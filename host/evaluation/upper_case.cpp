#include "host/evaluation/upper_case.h"

#include <locale.h>
#include <wctype.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace warp2vec {
namespace {

struct Special {
  char32_t from;
  std::string_view to;
};

// The code points whose upper case is several code points (Unicode's SpecialCasing.txt, unconditional part),
// in rising order: towupper() cannot express them.
constexpr Special kSpecials[] = {
    {0x00DF, "SS"},
    {0x0149, "\u02BCN"},
    {0x01F0, "J\u030C"},
    {0x0390, "\u0399\u0308\u0301"},
    {0x03B0, "\u03A5\u0308\u0301"},
    {0x0587, "\u0535\u0552"},
    {0x1E96, "H\u0331"},
    {0x1E97, "T\u0308"},
    {0x1E98, "W\u030A"},
    {0x1E99, "Y\u030A"},
    {0x1E9A, "A\u02BE"},
    {0x1F50, "\u03A5\u0313"},
    {0x1F52, "\u03A5\u0313\u0300"},
    {0x1F54, "\u03A5\u0313\u0301"},
    {0x1F56, "\u03A5\u0313\u0342"},
    {0x1F80, "\u1F08\u0399"},
    {0x1F81, "\u1F09\u0399"},
    {0x1F82, "\u1F0A\u0399"},
    {0x1F83, "\u1F0B\u0399"},
    {0x1F84, "\u1F0C\u0399"},
    {0x1F85, "\u1F0D\u0399"},
    {0x1F86, "\u1F0E\u0399"},
    {0x1F87, "\u1F0F\u0399"},
    {0x1F88, "\u1F08\u0399"},
    {0x1F89, "\u1F09\u0399"},
    {0x1F8A, "\u1F0A\u0399"},
    {0x1F8B, "\u1F0B\u0399"},
    {0x1F8C, "\u1F0C\u0399"},
    {0x1F8D, "\u1F0D\u0399"},
    {0x1F8E, "\u1F0E\u0399"},
    {0x1F8F, "\u1F0F\u0399"},
    {0x1F90, "\u1F28\u0399"},
    {0x1F91, "\u1F29\u0399"},
    {0x1F92, "\u1F2A\u0399"},
    {0x1F93, "\u1F2B\u0399"},
    {0x1F94, "\u1F2C\u0399"},
    {0x1F95, "\u1F2D\u0399"},
    {0x1F96, "\u1F2E\u0399"},
    {0x1F97, "\u1F2F\u0399"},
    {0x1F98, "\u1F28\u0399"},
    {0x1F99, "\u1F29\u0399"},
    {0x1F9A, "\u1F2A\u0399"},
    {0x1F9B, "\u1F2B\u0399"},
    {0x1F9C, "\u1F2C\u0399"},
    {0x1F9D, "\u1F2D\u0399"},
    {0x1F9E, "\u1F2E\u0399"},
    {0x1F9F, "\u1F2F\u0399"},
    {0x1FA0, "\u1F68\u0399"},
    {0x1FA1, "\u1F69\u0399"},
    {0x1FA2, "\u1F6A\u0399"},
    {0x1FA3, "\u1F6B\u0399"},
    {0x1FA4, "\u1F6C\u0399"},
    {0x1FA5, "\u1F6D\u0399"},
    {0x1FA6, "\u1F6E\u0399"},
    {0x1FA7, "\u1F6F\u0399"},
    {0x1FA8, "\u1F68\u0399"},
    {0x1FA9, "\u1F69\u0399"},
    {0x1FAA, "\u1F6A\u0399"},
    {0x1FAB, "\u1F6B\u0399"},
    {0x1FAC, "\u1F6C\u0399"},
    {0x1FAD, "\u1F6D\u0399"},
    {0x1FAE, "\u1F6E\u0399"},
    {0x1FAF, "\u1F6F\u0399"},
    {0x1FB2, "\u1FBA\u0399"},
    {0x1FB3, "\u0391\u0399"},
    {0x1FB4, "\u0386\u0399"},
    {0x1FB6, "\u0391\u0342"},
    {0x1FB7, "\u0391\u0342\u0399"},
    {0x1FBC, "\u0391\u0399"},
    {0x1FC2, "\u1FCA\u0399"},
    {0x1FC3, "\u0397\u0399"},
    {0x1FC4, "\u0389\u0399"},
    {0x1FC6, "\u0397\u0342"},
    {0x1FC7, "\u0397\u0342\u0399"},
    {0x1FCC, "\u0397\u0399"},
    {0x1FD2, "\u0399\u0308\u0300"},
    {0x1FD3, "\u0399\u0308\u0301"},
    {0x1FD6, "\u0399\u0342"},
    {0x1FD7, "\u0399\u0308\u0342"},
    {0x1FE2, "\u03A5\u0308\u0300"},
    {0x1FE3, "\u03A5\u0308\u0301"},
    {0x1FE4, "\u03A1\u0313"},
    {0x1FE6, "\u03A5\u0342"},
    {0x1FE7, "\u03A5\u0308\u0342"},
    {0x1FF2, "\u1FFA\u0399"},
    {0x1FF3, "\u03A9\u0399"},
    {0x1FF4, "\u038F\u0399"},
    {0x1FF6, "\u03A9\u0342"},
    {0x1FF7, "\u03A9\u0342\u0399"},
    {0x1FFC, "\u03A9\u0399"},
    {0xFB00, "FF"},
    {0xFB01, "FI"},
    {0xFB02, "FL"},
    {0xFB03, "FFI"},
    {0xFB04, "FFL"},
    {0xFB05, "ST"},
    {0xFB06, "ST"},
    {0xFB13, "\u0544\u0546"},
    {0xFB14, "\u0544\u0535"},
    {0xFB15, "\u0544\u053B"},
    {0xFB16, "\u054E\u0546"},
    {0xFB17, "\u0544\u053D"},
};

struct Decoded {
  char32_t point;
  std::size_t bytes;  // 0: not UTF-8
};

Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t bytes = lead < 0x80   ? 1
                            : lead < 0xC2 ? 0
                            : lead < 0xE0 ? 2
                            : lead < 0xF0 ? 3
                            : lead < 0xF5 ? 4
                                          : 0;
  if (bytes == 0 || bytes > text.size()) return {0, 0};
  if (bytes == 1) return {lead, 1};
  char32_t point = lead & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {0, 0};
    point = (point << 6) | (byte(i) & 0x3FU);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = point >= 0xD800 && point < 0xE000;
  if (point < kSmallest[bytes] || point > 0x10FFFF || surrogate) return {0, 0};
  return {point, bytes};
}

void append_utf8(std::string& out, char32_t point) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xC0 | (point >> 6));
  } else {
    if (point < 0x10000) {
      put(0xE0 | (point >> 12));
    } else {
      put(0xF0 | (point >> 18));
      put(0x80 | ((point >> 12) & 0x3F));
    }
    put(0x80 | ((point >> 6) & 0x3F));
  }
  put(0x80 | (point & 0x3F));
}

// A locale of our own: the program's is whatever its user set, and changing it is not thread-safe.
locale_t utf8_locale() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

void append_upper(std::string& out, char32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point >= 'a' && point <= 'z' ? point - 'a' + 'A' : point);
    return;
  }
  const locale_t locale = utf8_locale();
  if (locale == nullptr) return append_utf8(out, point);
  const auto* special = std::lower_bound(std::begin(kSpecials), std::end(kSpecials), point,
                                         [](const Special& s, char32_t p) { return s.from < p; });
  if (special != std::end(kSpecials) && special->from == point) {
    out += special->to;
    return;
  }
  append_utf8(out, static_cast<char32_t>(towupper_l(static_cast<wint_t>(point), locale)));
}

}  // namespace

std::string upper_case(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  while (!utf8.empty()) {
    const Decoded next = decode(utf8);
    if (next.bytes == 0) {
      out += utf8.front();
      utf8.remove_prefix(1);
    } else {
      append_upper(out, next.point);
      utf8.remove_prefix(next.bytes);
    }
  }
  return out;
}

}  // namespace warp2vec
