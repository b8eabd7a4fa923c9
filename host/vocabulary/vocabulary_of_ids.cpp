#include <warp2vec/error.h>
#include <warp2vec/vocabulary.h>

#include "host/bytes/utf8.h"
#include "host/io/parallel.h"
#include "host/vocabulary/ids.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>

namespace warp2vec {
namespace {

struct RankedIds {
  std::vector<std::int32_t> ids;
  std::vector<std::int64_t> counts;
};

// The counts of the ids in `order`. Most lookups miss the cache.
std::vector<std::int64_t> counts_of(std::span<const std::int64_t> counts,
                                    const std::vector<std::int32_t>& order, int threads) {
  constexpr std::size_t kAtATime = 1 << 12;
  std::vector<std::int64_t> found(order.size());
  parallel_for(static_cast<std::int64_t>((order.size() + kAtATime - 1) / kAtATime), threads,
               [&](std::int64_t block) {
                 const std::size_t begin = static_cast<std::size_t>(block) * kAtATime;
                 for (std::size_t i = begin; i < std::min(begin + kAtATime, order.size()); ++i)
                   found[i] = counts[static_cast<std::size_t>(order[i])];
               });
  return found;
}

// The ids with counts of at least `least`, by decreasing counts, equal ones as in `order`. Sorts in linear
// time: all counts but those of a few frequent ids are small numbers, which are places.
RankedIds ranked(std::span<const std::int64_t> counts, const std::vector<std::int32_t>& order,
                 std::int64_t least, int threads) {
  constexpr std::int64_t kSmall = 1 << 16;
  const std::vector<std::int64_t> in_order = counts_of(counts, order, threads);
  std::vector<std::size_t> frequent;  // places in `order`
  std::vector<std::size_t> places(
      kSmall);  // first the number of ids with each count, then the next one's place
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (in_order[i] < least) continue;
    if (in_order[i] < kSmall)
      ++places[static_cast<std::size_t>(in_order[i])];
    else
      frequent.push_back(i);
  }
  std::stable_sort(frequent.begin(), frequent.end(),
                   [&](std::size_t a, std::size_t b) { return in_order[a] > in_order[b]; });
  RankedIds all;
  all.counts.reserve(order.size());
  for (const std::size_t i : frequent) {
    all.ids.push_back(order[i]);
    all.counts.push_back(in_order[i]);
  }
  for (std::size_t count = places.size(); count-- > 0;) {
    const std::size_t with_this = std::exchange(places[count], all.counts.size());
    all.counts.insert(all.counts.end(), with_this, static_cast<std::int64_t>(count));
  }
  all.ids.resize(all.counts.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    if (in_order[i] >= least && in_order[i] < kSmall)
      all.ids[places[static_cast<std::size_t>(in_order[i])]++] = order[i];
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
                              std::int64_t min_count, std::int64_t max_vocab, int threads) {
  if (std::ssize(counts) > kMaxVocabulary)
    throw Error("there are " + std::to_string(counts.size()) + " ids: expected at most " +
                std::to_string(kMaxVocabulary));
  auto [ids, ranked_counts] = ranked(counts, order, std::max<std::int64_t>(1, min_count), threads);
  if (max_vocab > 0 && std::ssize(ids) > max_vocab) {
    ids.resize(static_cast<std::size_t>(max_vocab));
    ranked_counts.resize(ids.size());
  }
  Vocabulary vocabulary;
  vocabulary.counts_ = std::move(ranked_counts);
  const auto write_words = [&, &ids = ids] {
    std::string& bytes = vocabulary.bytes_;
    bytes.resize(ids.size() * std::to_string(counts.size()).size());
    vocabulary.begins_.resize(ids.size() + 1);
    char* end = bytes.data();
    for (std::size_t row = 0; row < ids.size(); ++row) {
      end = std::to_chars(end, bytes.data() + bytes.size(), ids[row]).ptr;
      vocabulary.begins_[row + 1] = static_cast<std::size_t>(end - bytes.data());
    }
    bytes.resize(vocabulary.begins_.back());
  };
  const auto number_rows = [&, &ids = ids] {
    for (const std::int64_t count : vocabulary.counts_) vocabulary.add_total(count);
    vocabulary.rows_of_ids_.assign(counts.size(), -1);
    for (std::size_t row = 0; row < ids.size(); ++row)
      vocabulary.rows_of_ids_[static_cast<std::size_t>(ids[row])] = static_cast<std::int32_t>(row);
  };
  parallel_for(2, threads, [&](std::int64_t task) { task == 0 ? write_words() : number_rows(); });
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
