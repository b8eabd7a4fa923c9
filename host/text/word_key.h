#pragma once
/// Words as hash tables compare them: mostly by two integers, without a look at the text.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace warp2vec {

static_assert(std::endian::native == std::endian::little,
              "a short word's bytes lie in its key in their order");

/// A word of at most kMostInline bytes is wholly in its key: the bytes, zero-padded, and the length in the
/// last one. The keys of longer words hold a hash and the length: equal for equal words, hardly ever for
/// others. Never all zero.
struct WordKey {
  static constexpr std::size_t kMostInline = 15;

  std::uint64_t low = 0;
  std::uint64_t high = 0;

  bool is_long() const { return (high & kLong) != 0; }
  std::size_t size() const { return is_long() ? high & ~kLong : high >> kSizeShift & kMostInline; }
  friend bool operator==(const WordKey&, const WordKey&) = default;

  static constexpr std::uint64_t kLong = std::uint64_t{1} << 63;
  static constexpr std::uint64_t kShort = std::uint64_t{1} << 62;
  static constexpr int kSizeShift = 56;
};

/// A product of 128 bits folded to 64, so that all of its bits matter.
inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product >> 64) ^ static_cast<std::uint64_t>(product);
}

// Random and odd.
inline constexpr std::uint64_t kMixLow = 0x9FB21C651E98DF25;
inline constexpr std::uint64_t kMixHigh = 0xD6E8FEB86659FD93;

inline std::uint64_t hash_of(const WordKey& key) { return mix(mix(key.low, kMixLow) ^ key.high, kMixHigh); }

namespace detail {

WordKey key_of_long_word(std::string_view word);

inline WordKey key_of_short_word(std::uint64_t low, std::uint64_t high, std::size_t size) {
  return {low, high | WordKey::kShort | std::uint64_t{size} << WordKey::kSizeShift};
}

struct KeyMask {
  std::uint64_t low;
  std::uint64_t high;
};

// The bytes of words of 0, 1, 2, ... bytes. A table, since the lengths of words cannot be predicted.
inline constexpr auto kKeyMasks = [] {
  std::array<KeyMask, WordKey::kMostInline + 1> masks{};
  for (std::size_t size = 1; size < masks.size(); ++size) {
    masks[size] = masks[size - 1];
    (size <= 8 ? masks[size].low : masks[size].high) |= std::uint64_t{0xFF} << (size - 1) % 8 * 8;
  }
  return masks;
}();

}  // namespace detail

inline WordKey key_of(std::string_view word) {
  if (word.size() > WordKey::kMostInline) return detail::key_of_long_word(word);
  std::array<std::uint64_t, 2> bytes = {0, 0};
  word.copy(reinterpret_cast<char*>(bytes.data()), word.size());
  return detail::key_of_short_word(bytes[0], bytes[1], word.size());
}

/// The same, faster where some bytes behind the word may be read: those up to `readable_end`.
inline WordKey key_of(std::string_view word, const char* readable_end) {
  std::array<std::uint64_t, 2> bytes;
  if (word.size() > WordKey::kMostInline ||
      readable_end - word.data() < static_cast<std::ptrdiff_t>(sizeof bytes))
    return key_of(word);
  std::memcpy(bytes.data(), word.data(), sizeof bytes);
  const detail::KeyMask& mask = detail::kKeyMasks[word.size()];
  return detail::key_of_short_word(bytes[0] & mask.low, bytes[1] & mask.high, word.size());
}

}  // namespace warp2vec
