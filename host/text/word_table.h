#pragma once
/// A hash table from words to integers.

#include "host/text/word_key.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// Any number of words, with any number of bytes.
class WordTable {
 public:
  /// With room for so many words at first.
  explicit WordTable(std::int64_t words = 0);

  /// The word's value, 0 if it is new. `key` must be key_of(word). Until the next word is added.
  std::int64_t& value_of(std::string_view word, const WordKey& key) {
    if (size_ >= most_) grow();
    Slot& slot = slots_[slot_of(word, key)];
    if (slot.is_free()) {
      if (key.is_long()) slot.begin = append(word);
      slot.key = key;
      ++size_;
    }
    return slot.value;
  }
  std::int64_t& value_of(std::string_view word) { return value_of(word, key_of(word)); }

  /// Null for a word that is not there. Until the next word is added.
  const std::int64_t* find(std::string_view word, const WordKey& key) const {
    const Slot& slot = slots_[slot_of(word, key)];
    return slot.is_free() ? nullptr : &slot.value;
  }

  /// Asks the processor to load what value_of() will need.
  void prefetch(const WordKey& key) const {
    __builtin_prefetch(&slots_[hash_of(key) & (slots_.size() - 1)], 1);
  }

  std::int64_t size() const { return size_; }
  /// Of the words that are not wholly in their keys, together.
  std::size_t long_bytes() const { return long_words_.size(); }

  /// visit(word, key, value) for all words, in any order; the words stay until another is added.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const Slot& slot : slots_)
      if (!slot.is_free()) visit(word_in(slot), slot.key, slot.value);
  }

  /// Forgets all words and keeps the memory.
  void clear();

 private:
  // Half a cache line, so that a word costs at most one cache miss.
  struct alignas(32) Slot {
    WordKey key{};
    std::int64_t value = 0;
    std::uint64_t begin = 0;  // of a long word in long_words_

    bool is_free() const { return key.high == 0; }
  };

  // Of the word, or the free one where it belongs. Linear probing.
  std::size_t slot_of(std::string_view word, const WordKey& key) const {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash_of(key) & mask;; at = (at + 1) & mask) {
      const Slot& slot = slots_[at];
      if (slot.key == key && (!key.is_long() || word_in(slot) == word)) return at;
      if (slot.is_free()) return at;
    }
  }

  std::string_view word_in(const Slot& slot) const {
    return {slot.key.is_long() ? long_words_.data() + slot.begin : reinterpret_cast<const char*>(&slot.key),
            slot.key.size()};
  }

  std::uint64_t append(std::string_view long_word);
  void grow();

  std::string long_words_;
  std::vector<Slot> slots_;  // a power of two; at least one is free
  std::int64_t size_ = 0;
  std::int64_t most_;  // words that the slots take
};

}  // namespace warp2vec
