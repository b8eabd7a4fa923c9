#include "host/vocabulary/words_of_ranks.h"

#include "host/distributed/add_up.h"
#include "host/distributed/values_of_ranks.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>

namespace warp2vec {
namespace {

// Sent at a time: by a rank, and to all.
constexpr std::size_t kBytesAtATime = std::size_t{1} << 24;

void append(std::string& letter, const WordCount& counted) {
  const WordCountHead head{counted.word.size(), counted.count, counted.first};
  letter.append(reinterpret_cast<const char*>(&head), sizeof head).append(counted.word);
}

void read(std::string_view letter, const WordsOfRanks::Visit& visit) {
  while (!letter.empty()) {
    WordCountHead head{};
    std::memcpy(&head, letter.data(), sizeof head);
    visit({letter.substr(sizeof head, head.bytes), head.count, head.first});
    letter.remove_prefix(sizeof head + head.bytes);
  }
}

}  // namespace

WordsOfRanks::WordsOfRanks(Ranks& ranks, std::int64_t chunks) : ranks_(ranks) {
  const std::vector<double> all = of_each(chunks);
  for (int rank = 0; rank < ranks.rank(); ++rank)
    chunks_before_ += static_cast<std::uint64_t>(all[static_cast<std::size_t>(rank)]);
}

// Whether all ranks have sent their last.
bool WordsOfRanks::exchange(const std::vector<std::string_view>& letters, bool is_last,
                            const Visit& receive) {
  double finished = is_last ? 1 : 0;
  ranks_.sum(std::span(&finished, 1));
  for (const std::string& letter : ranks_.exchange(letters)) read(letter, receive);
  return finished == static_cast<double>(ranks_.size());
}

void WordsOfRanks::collect(SpilledCounts& counted, SpilledCounts& own) {
  std::vector<std::string> letters(static_cast<std::size_t>(ranks_.size()));
  std::size_t bytes = 0;  // of all letters
  WordTable table;
  const Visit receive = [&](const WordCount& word) {
    table.add(word.word, key_of(word.word), word.count, word.first);
  };
  const auto exchange_some = [&](bool is_last) {
    const bool finished = exchange({letters.begin(), letters.end()}, is_last, receive);
    for (std::string& letter : letters) letter.clear();
    bytes = 0;
    own.add(table);
    table.clear();
    return finished;
  };
  counted.take([&](const WordCount& word) {
    // Bits that neither WordTable nor the shards of SpilledCounts use.
    std::string& letter = letters[(hash_of(key_of(word.word)) >> 48) % letters.size()];
    const std::size_t before = letter.size();
    append(letter, {word.word, word.count, word.first + (chunks_before_ << 32)});
    bytes += letter.size() - before;
    if (bytes >= kBytesAtATime) exchange_some(false);
  });
  while (!exchange_some(true)) {
  }
}

void WordsOfRanks::gather(const std::function<void(const Visit&)>& for_each, const Visit& visit) {
  const auto size = static_cast<std::size_t>(ranks_.size());
  std::string letter;
  const auto exchange_some = [&](bool is_last) {
    const bool finished = exchange(std::vector<std::string_view>(size, letter), is_last, visit);
    letter.clear();
    return finished;
  };
  for_each([&](const WordCount& word) {
    append(letter, word);
    if (letter.size() >= kBytesAtATime / size) exchange_some(false);
  });
  while (!exchange_some(true)) {
  }
}

void WordsOfRanks::add_up(std::initializer_list<std::int64_t*> values) { warp2vec::add_up(ranks_, values); }

std::int64_t WordsOfRanks::most(std::int64_t value) {
  const std::vector<double> all = of_each(value);
  return static_cast<std::int64_t>(*std::max_element(all.begin(), all.end()));
}

std::vector<double> WordsOfRanks::of_each(std::int64_t value) {
  const auto own = static_cast<double>(value);
  return values_of_ranks(ranks_, std::span(&own, 1));
}

}  // namespace warp2vec
