#pragma once
/// Splits text into words and sentences; vector instructions classify 64 bytes at a time.

#include <warp2vec/error.h>

#include "host/bytes/byte_class.h"
#include "host/text/chunk_reader.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace warp2vec {

inline constexpr std::size_t kTextBits = 64;

/// Bit i is for byte i (see byte_class.h).
struct TextBits {
  std::uint64_t words;  ///< bytes of words
  std::uint64_t stops;  ///< newlines and NUL bytes
};

/// Writes one TextBits per kTextBits bytes of text; bits past the end of the text are 0.
void find_text_bits(std::string_view text, TextBits* bits);

[[noreturn]] inline void refuse_nul(const Chunk& chunk, std::size_t at) {
  throw Error(chunk.file->name + ": NUL byte at offset " +
              std::to_string(chunk.offset + static_cast<std::int64_t>(at)) +
              (chunk.file->compression == Compression::none ? "" : " of the uncompressed text") +
              ": expected text, in UTF-8 for example (UTF-16 must be converted)");
}

/// Calls on_word(std::string_view) for each word and on_newline() for each newline, in order. Throws
/// Error naming the file and the offset of a NUL byte.
template <class OnWord, class OnNewline>
void tokenize(const Chunk& chunk, OnWord&& on_word, OnNewline&& on_newline) {
  const std::string_view text = chunk.text;
  std::array<TextBits, 64> bits;
  constexpr std::size_t kStep = bits.size() * kTextBits;
  std::size_t word = 0;      // where the next word begins
  std::uint64_t inside = 0;  // 1 if it has begun already
  for (std::size_t at = 0; at < text.size(); at += kTextBits) {
    if (at % kStep == 0) find_text_bits(text.substr(at, kStep), bits.data());
    const auto [words, stop_bits] = bits[at % kStep / kTextBits];
    const std::uint64_t before = words << 1 | inside;
    std::uint64_t begins = words & ~before;
    std::uint64_t ends = before & ~words;
    std::uint64_t stops = stop_bits;
    const auto take_begin = [&] {
      word = at + static_cast<std::size_t>(std::countr_zero(begins));
      begins &= begins - 1;
    };
    if (inside == 0) take_begin();
    for (;;) {
      const std::uint64_t to_stop = stops ^ (stops - 1);  // all bits if there is none
      for (std::uint64_t now = ends & to_stop; now != 0; now &= now - 1) {
        const std::size_t end = at + static_cast<std::size_t>(std::countr_zero(now));
        on_word(std::string_view(text.data() + word, end - word));
        take_begin();
      }
      if (stops == 0) break;
      const std::size_t stop = at + static_cast<std::size_t>(std::countr_zero(stops));
      if (text[stop] == '\0') refuse_nul(chunk, stop);
      on_newline();
      ends &= ~to_stop;
      stops &= stops - 1;
    }
    inside = words >> 63;
  }
  if (inside != 0) on_word(text.substr(word));
}

}  // namespace warp2vec
