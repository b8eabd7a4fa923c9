#pragma once
/// A hash table from words to counts.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

inline std::uint64_t hash_of(std::string_view word) { return std::hash<std::string_view>{}(word); }

/// Words, numbered 0, 1, 2, ... in the order of their first appearance, each with a count. Any number of
/// words up to 2^48, with any number of bytes.
class WordTable {
 public:
  /// Adds `count` to the word's count. `hash` must be hash_of(word). Returns the word's number.
  std::int64_t add(std::string_view word, std::uint64_t hash, std::int64_t count);

  std::int64_t size() const { return static_cast<std::int64_t>(entries_.size()); }
  /// Of all words together.
  std::size_t text_bytes() const { return bytes_.size(); }
  std::string_view word(std::int64_t i) const;
  std::uint64_t hash(std::int64_t i) const { return entries_[static_cast<std::size_t>(i)].hash; }
  std::int64_t count(std::int64_t i) const { return entries_[static_cast<std::size_t>(i)].count; }

  /// Forgets all words and keeps the memory.
  void clear();

 private:
  struct Entry {
    std::uint64_t begin;  // of the word in bytes_; it ends where the next one begins
    std::uint64_t hash;
    std::int64_t count;
  };

  void grow();

  std::string bytes_;
  std::vector<Entry> entries_;
  // Open addressing, linear probing. 0 = free, otherwise 16 bits of the hash, so that most other words are
  // told apart without a look at them, and the word's number + 1 in 48 bits.
  std::vector<std::uint64_t> slots_;
};

}  // namespace warp2vec
