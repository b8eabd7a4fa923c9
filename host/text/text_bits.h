#pragma once
/// The classes of 64 bytes of text at a time, found with vector instructions.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace warp2vec {

inline constexpr std::size_t kTextBits = 64;

/// Bit i stands for byte i (see byte_class.h).
struct TextBits {
  std::uint64_t words;  ///< bytes of words
  std::uint64_t stops;  ///< newlines and NUL bytes
};

/// Writes one TextBits for each kTextBits bytes of text; bits behind the end of the text are 0.
void find_text_bits(std::string_view text, TextBits* bits);

}  // namespace warp2vec
