#pragma once
/// The words of a text with their counts and first occurrences: an open-addressing hash table that stores
/// short words in its keys.

#include <warp2vec/vocabulary.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

static_assert(std::endian::native == std::endian::little,
              "the bytes of a short word are in order in its key");

/// The key of a word of at most kMaxInline bytes holds the word: its bytes, zero-padded, and the length in
/// the last byte. The key of a longer word holds a hash and the length: equal for equal words, and hardly
/// ever otherwise. Never all zero.
struct WordKey {
  static constexpr std::size_t kMaxInline = 15;

  std::uint64_t low = 0;
  std::uint64_t high = 0;

  bool is_long() const { return (high & kLong) != 0; }
  std::size_t size() const { return is_long() ? high & ~kLong : high >> kSizeShift & kMaxInline; }
  friend bool operator==(const WordKey&, const WordKey&) = default;

  static constexpr std::uint64_t kLong = std::uint64_t{1} << 63;
  static constexpr std::uint64_t kShort = std::uint64_t{1} << 62;
  static constexpr int kSizeShift = 56;
};

/// A 128-bit product folded to 64 bits, so that all bits matter.
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

// Masks for words of 0, 1, 2, ... bytes: a table rather than branches, since word lengths are unpredictable.
inline constexpr auto kKeyMasks = [] {
  std::array<KeyMask, WordKey::kMaxInline + 1> masks{};
  for (std::size_t size = 1; size < masks.size(); ++size) {
    masks[size] = masks[size - 1];
    (size <= 8 ? masks[size].low : masks[size].high) |= std::uint64_t{0xFF} << (size - 1) % 8 * 8;
  }
  return masks;
}();

}  // namespace detail

inline WordKey key_of(std::string_view word) {
  if (word.size() > WordKey::kMaxInline) return detail::key_of_long_word(word);
  std::array<std::uint64_t, 2> bytes = {0, 0};
  word.copy(reinterpret_cast<char*>(bytes.data()), word.size());
  return detail::key_of_short_word(bytes[0], bytes[1], word.size());
}

/// The same, faster if the bytes after the word may be read up to `readable_end`.
inline WordKey key_of(std::string_view word, const char* readable_end) {
  std::array<std::uint64_t, 2> bytes;
  if (word.size() > WordKey::kMaxInline ||
      readable_end - word.data() < static_cast<std::ptrdiff_t>(sizeof bytes))
    return key_of(word);
  std::memcpy(bytes.data(), word.data(), sizeof bytes);
  const detail::KeyMask& mask = detail::kKeyMasks[word.size()];
  return detail::key_of_short_word(bytes[0] & mask.low, bytes[1] & mask.high, word.size());
}

/// Any number of words, with any number of bytes.
class WordTable {
 public:
  /// With initial capacity for `words` words.
  explicit WordTable(std::int64_t words = 0);

  /// The word's value. A new word gets the value 0, and its first occurrence from `first_of()`. `key` must be
  /// key_of(word). Valid until the next word is added.
  template <class FirstOf>
  std::int64_t& value_of(std::string_view word, const WordKey& key, FirstOf first_of) {
    return slot_for(word, key, first_of).value;
  }
  std::int64_t& value_of(std::string_view word, const WordKey& key) {
    return value_of(word, key, [] { return 0U; });
  }
  std::int64_t& value_of(std::string_view word) { return value_of(word, key_of(word)); }

  /// Adds to the word's value, and keeps the smaller `first`.
  void add(std::string_view word, const WordKey& key, std::int64_t value, std::uint64_t first) {
    Slot& slot = slot_for(word, key, [first] { return first; });
    slot.value += value;
    slot.first = std::min(slot.first, first);
  }

  /// Null for an unknown word. Valid until the next word is added.
  const std::int64_t* find(std::string_view word, const WordKey& key) const {
    const Slot& slot = slots_[slot_of(word, key)];
    return slot.is_free() ? nullptr : &slot.value;
  }

  /// Prefetches the slot that value_of() will need.
  void prefetch(const WordKey& key) const {
    __builtin_prefetch(&slots_[hash_of(key) & (slots_.size() - 1)], 1);
  }

  std::int64_t size() const { return size_; }
  /// Total bytes of the words that do not fit into their keys.
  std::size_t long_bytes() const { return long_words_.size(); }

  /// Bytes that the table takes while `word` is added, which may be new: growing needs both sizes.
  std::size_t bytes_to_add(std::string_view word) const {
    const std::size_t slots = slots_.size() + (size_ >= max_words_ ? grown_slots() : 0);
    const std::size_t letters = word.size() > WordKey::kMaxInline ? long_words_.size() + word.size() : 0;
    return slots * (sizeof(Slot) + sizeof(std::uint64_t)) +
           (letters > long_words_.capacity() ? long_words_.capacity() + 2 * letters : long_words_.capacity());
  }

  /// Calls visit(word, key, value, first) for all words, in any order; the words are valid until another is
  /// added.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t at = 0; at < slots_.size(); ++at)
      if (const Slot& slot = slots_[at]; !slot.is_free())
        visit(word_at(at), slot.key, slot.value, slot.first);
  }

  /// Removes all words and keeps the memory.
  void clear();

 private:
  // Half a cache line, so that a word costs at most one cache miss.
  struct alignas(32) Slot {
    WordKey key{};
    std::int64_t value = 0;
    std::uint64_t first = 0;

    bool is_free() const { return key.high == 0; }
  };

  // The word's slot, or the free one where it belongs. Linear probing.
  std::size_t slot_of(std::string_view word, const WordKey& key) const {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash_of(key) & mask;; at = (at + 1) & mask) {
      const Slot& slot = slots_[at];
      if (slot.key == key && (!key.is_long() || word_at(at) == word)) return at;
      if (slot.is_free()) return at;
    }
  }

  // The word's slot; adds the word if it is new.
  template <class FirstOf>
  Slot& slot_for(std::string_view word, const WordKey& key, FirstOf first_of) {
    if (size_ >= max_words_) grow();
    const std::size_t at = slot_of(word, key);
    Slot& slot = slots_[at];
    if (slot.is_free()) {
      if (key.is_long()) begins_[at] = append(word);
      slot.key = key;
      slot.first = first_of();
      ++size_;
    }
    return slot;
  }

  std::string_view word_at(std::size_t at) const {
    const Slot& slot = slots_[at];
    return {slot.key.is_long() ? long_words_.data() + begins_[at] : reinterpret_cast<const char*>(&slot.key),
            slot.key.size()};
  }

  std::size_t grown_slots() const {
    constexpr std::size_t kFirstSlots = 1024;
    return std::max(kFirstSlots, slots_.size() * 2);
  }

  std::uint64_t append(std::string_view long_word);
  void grow();

  std::string long_words_;
  std::vector<Slot> slots_;            // a power of two; at least one is free
  std::vector<std::uint64_t> begins_;  // of the long words in long_words_, by slot
  std::int64_t size_ = 0;
  std::int64_t max_words_;  // before the table grows
};

/// The rows of the words of a vocabulary: faster to search than the vocabulary itself.
WordTable table_of(const Vocabulary& vocabulary);

}  // namespace warp2vec
