#pragma once
/// The role of a byte when text is split into words and sentences.

#include <array>
#include <cstddef>
#include <cstdint>

namespace warp2vec {

enum class ByteClass : std::uint8_t { word, blank, newline, nul };

namespace detail {

constexpr std::array<ByteClass, 256> make_byte_classes() {
  std::array<ByteClass, 256> classes{};  // all `word`
  for (const unsigned char c : {' ', '\t', '\v', '\f', '\r'}) classes[c] = ByteClass::blank;
  classes['\n'] = ByteClass::newline;
  classes[0] = ByteClass::nul;
  return classes;
}

inline constexpr std::array<ByteClass, 256> kByteClasses = make_byte_classes();

}  // namespace detail

constexpr ByteClass byte_class(char c) { return detail::kByteClasses[static_cast<unsigned char>(c)]; }
constexpr bool is_word_byte(char c) { return byte_class(c) == ByteClass::word; }

}  // namespace warp2vec
