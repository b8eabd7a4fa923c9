#include <warp2vec/error.h>
#include <warp2vec/vocabulary.h>

#include "host/bytes/utf8.h"
#include "host/vocabulary/ids.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <utility>

namespace warp2vec {
namespace {

struct RankedIds {
  std::vector<std::int32_t> ids;
  std::vector<std::int64_t> counts;
};

// The ids with counts of at least `least`, by decreasing counts, equal ones as in `order`. Sorts in linear
// time: all counts but those of a few frequent ids are small numbers, which are places. Looks each count up
// once only, since most lookups miss the cache.
RankedIds ranked(std::span<const std::int64_t> counts, const std::vector<std::int32_t>& order,
                 std::int64_t least) {
  constexpr std::int64_t kSmall = 1 << 16;
  struct Rare {
    std::int32_t id;
    std::int32_t count;
  };
  std::vector<Rare> rare;
  rare.reserve(order.size());
  RankedIds all;
  std::vector<std::size_t> places(
      kSmall);  // first the number of ids with each count, then the next one's place
  const auto count_of = [counts](std::int32_t id) { return counts[static_cast<std::size_t>(id)]; };
  for (const std::int32_t id : order) {
    const std::int64_t count = count_of(id);
    if (count < least) continue;
    if (count >= kSmall) {
      all.ids.push_back(id);
    } else {
      rare.push_back({id, static_cast<std::int32_t>(count)});
      ++places[static_cast<std::size_t>(count)];
    }
  }
  std::stable_sort(all.ids.begin(), all.ids.end(),
                   [&](std::int32_t a, std::int32_t b) { return count_of(a) > count_of(b); });
  all.counts.reserve(all.ids.size() + rare.size());
  for (const std::int32_t id : all.ids) all.counts.push_back(count_of(id));
  for (std::size_t count = places.size(); count-- > 0;) {
    const std::size_t with_this = std::exchange(places[count], all.counts.size());
    all.counts.insert(all.counts.end(), with_this, static_cast<std::int64_t>(count));
  }
  all.ids.resize(all.counts.size());
  for (const auto& [id, count] : rare) all.ids[places[static_cast<std::size_t>(count)]++] = id;
  return all;
}

}  // namespace

void require_num_ids(std::int64_t num_ids) {
  if (num_ids < 0 || num_ids > kMaxVocabulary)
    throw Error("--num-ids " + std::to_string(num_ids) + " is out of range: expected 0 to " +
                std::to_string(kMaxVocabulary));
}

std::string IdRange::expected() const { return "expected an id, 0 to " + std::to_string(limit - 1); }

std::string IdRange::expected_lower() const {
  return expected() + (given ? ""
                             : " (rows are numbered by ids: renumber sparse ones, or say how many there are, "
                               "--num-ids)");
}

Vocabulary Vocabulary::of_ids(std::span<const std::int64_t> counts, const std::vector<std::int32_t>& order,
                              std::int64_t min_count, std::int64_t max_vocab) {
  if (std::ssize(counts) > kMaxVocabulary)
    throw Error("there are " + std::to_string(counts.size()) + " ids: expected at most " +
                std::to_string(kMaxVocabulary));
  auto [ids, ranked_counts] = ranked(counts, order, std::max<std::int64_t>(1, min_count));
  if (max_vocab > 0 && std::ssize(ids) > max_vocab) {
    ids.resize(static_cast<std::size_t>(max_vocab));
    ranked_counts.resize(ids.size());
  }
  Vocabulary vocabulary;
  for (const std::int64_t count : ranked_counts) vocabulary.add_total(count);
  vocabulary.counts_ = std::move(ranked_counts);
  vocabulary.rows_of_ids_.assign(counts.size(), -1);
  for (std::size_t row = 0; row < ids.size(); ++row)
    vocabulary.rows_of_ids_[static_cast<std::size_t>(ids[row])] = static_cast<std::int32_t>(row);
  vocabulary.bytes_.reserve(ids.size() * std::to_string(counts.size()).size());
  vocabulary.begins_.reserve(ids.size() + 1);
  vocabulary.begins_.push_back(0);
  for (const std::int32_t id : ids) {
    std::array<char, kMaxIdDigits> digits{};
    vocabulary.bytes_.append(digits.begin(), std::to_chars(digits.begin(), digits.end(), id).ptr);
    vocabulary.begins_.push_back(vocabulary.bytes_.size());
  }
  return vocabulary;
}

namespace {

std::vector<std::int32_t> parsed_rows(const Vocabulary& vocabulary, const IdRange& range) {
  std::vector<std::int32_t> rows;
  for (std::int64_t row = 0; row < vocabulary.size(); ++row) {
    const std::string_view word = vocabulary.word(static_cast<WordId>(row));
    const std::optional<std::int32_t> id = parse_id(word);
    if (!id || *id >= range.limit)
      throw Error("the vocabulary has the word " + in_quotes(word) + ": " +
                  (id ? range.expected_lower() : range.expected()));
    if (*id >= std::ssize(rows)) rows.resize(static_cast<std::size_t>(*id) + 1, -1);
    rows[static_cast<std::size_t>(*id)] = static_cast<std::int32_t>(row);
  }
  return rows;
}

}  // namespace

std::vector<std::int32_t> rows_of_ids(const Vocabulary& vocabulary, std::int64_t num_ids) {
  std::vector<std::int32_t> rows(vocabulary.rows_of_ids().begin(), vocabulary.rows_of_ids().end());
  while (!rows.empty() && rows.back() < 0) rows.pop_back();
  if (rows.empty() || (num_ids > 0 && std::ssize(rows) > num_ids))
    rows = parsed_rows(vocabulary, {num_ids, vocabulary.total()});
  if (num_ids > 0) rows.resize(static_cast<std::size_t>(num_ids), -1);
  return rows;
}

}  // namespace warp2vec
