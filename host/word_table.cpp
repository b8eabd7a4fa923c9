#include "word_table.h"

#include <algorithm>

namespace warp2vec {
namespace {

constexpr int kNumberBits = 48;
constexpr std::uint64_t kNumberMask = (std::uint64_t{1} << kNumberBits) - 1;
constexpr std::size_t kFirstSlots = 1024;

constexpr std::uint64_t tag_of(std::uint64_t hash) { return hash & ~kNumberMask; }

}  // namespace

std::string_view WordTable::word(std::int64_t i) const {
  const auto at = static_cast<std::size_t>(i);
  const std::uint64_t begin = entries_[at].begin;
  const std::uint64_t end = at + 1 < entries_.size() ? entries_[at + 1].begin : bytes_.size();
  return {bytes_.data() + begin, end - begin};
}

std::int64_t WordTable::add(std::string_view word, std::uint64_t hash, std::int64_t count) {
  if (entries_.size() + 1 > slots_.size() / 8 * 5) grow();
  const std::uint64_t mask = slots_.size() - 1;
  std::uint64_t at = hash & mask;
  for (; slots_[at] != 0; at = (at + 1) & mask) {
    if (tag_of(slots_[at]) != tag_of(hash)) continue;
    const auto number = static_cast<std::int64_t>((slots_[at] & kNumberMask) - 1);
    if (this->word(number) != word) continue;
    entries_[static_cast<std::size_t>(number)].count += count;
    return number;
  }
  const std::uint64_t begin = bytes_.size();
  bytes_.append(word);
  entries_.push_back({begin, hash, count});
  slots_[at] = tag_of(hash) | entries_.size();
  return size() - 1;
}

void WordTable::grow() {
  slots_.assign(std::max(kFirstSlots, slots_.size() * 2), 0);
  const std::uint64_t mask = slots_.size() - 1;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    std::uint64_t at = entries_[i].hash & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = tag_of(entries_[i].hash) | (i + 1);
  }
}

void WordTable::clear() {
  bytes_.clear();
  entries_.clear();
  std::fill(slots_.begin(), slots_.end(), 0);
}

}  // namespace warp2vec
