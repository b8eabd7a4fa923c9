#include "host/vocabulary/word_table.h"

#include <algorithm>

namespace warp2vec {

namespace detail {

WordKey key_of_long_word(std::string_view word) {
  std::uint64_t hash = 0;
  std::uint64_t bytes = 0;
  std::string_view rest = word;
  for (; rest.size() > sizeof bytes; rest.remove_prefix(sizeof bytes)) {
    std::memcpy(&bytes, rest.data(), sizeof bytes);
    hash = mix(hash ^ bytes, kMixLow);
  }
  bytes = 0;
  std::memcpy(&bytes, rest.data(), rest.size());
  return {hash ^ bytes, word.size() | WordKey::kLong};
}

}  // namespace detail

namespace {

// The load factor up to which linear probing is short.
std::int64_t max_words(std::size_t slots) { return static_cast<std::int64_t>(slots) * 5 / 8; }

}  // namespace

WordTable::WordTable(std::int64_t words)
    : slots_(std::bit_ceil(static_cast<std::size_t>(words * 8 / 5 + 1))),
      begins_(slots_.size()),
      max_words_(max_words(slots_.size())) {}

std::uint64_t WordTable::append(std::string_view long_word) {
  const std::uint64_t begin = long_words_.size();
  long_words_.append(long_word);
  return begin;
}

void WordTable::grow() {
  std::vector<Slot> slots(grown_slots());
  std::vector<std::uint64_t> begins(slots.size());
  const std::size_t mask = slots.size() - 1;
  for (std::size_t from = 0; from < slots_.size(); ++from) {
    const Slot& slot = slots_[from];
    if (slot.is_free()) continue;
    std::size_t at = hash_of(slot.key) & mask;
    while (!slots[at].is_free()) at = (at + 1) & mask;
    slots[at] = slot;
    begins[at] = begins_[from];
  }
  slots_ = std::move(slots);
  begins_ = std::move(begins);
  max_words_ = max_words(slots_.size());
}

WordTable table_of(const Vocabulary& vocabulary) {
  WordTable rows(vocabulary.size());
  for (std::int64_t row = 0; row < vocabulary.size(); ++row)
    rows.value_of(vocabulary.word(static_cast<WordId>(row))) = row;
  return rows;
}

void WordTable::clear() {
  long_words_.clear();
  std::fill(slots_.begin(), slots_.end(), Slot{});
  size_ = 0;
}

}  // namespace warp2vec
