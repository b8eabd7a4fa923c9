#include <warp2vec/id_sequences.h>

#include "host/text/read_ids.h"
#include "host/text/sentence_sinks.h"
#include "host/vocabulary/id_counts.h"
#include "host/vocabulary/ids.h"

#include <algorithm>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

std::int64_t size_of(const IdSequences::Integers& integers) {
  return std::visit([](auto values) { return std::ssize(values); }, integers);
}

template <class Integer>
void require_offsets(std::span<const Integer> offsets, std::int64_t indices) {
  const auto refuse = [](std::size_t i, Integer offset, const std::string& expected) {
    throw Error("offsets[" + std::to_string(i) + "] is " + std::to_string(offset) + ": expected " + expected);
  };
  if (offsets.empty()) throw Error("there are no offsets: expected 0, and one for the end of each sequence");
  if (offsets.front() != 0) refuse(0, offsets.front(), "0");
  for (std::size_t i = 1; i < offsets.size(); ++i)
    if (offsets[i] < offsets[i - 1])
      refuse(i, offsets[i], std::to_string(offsets[i - 1]) + ", the offset before, or more");
  if (offsets.back() != indices)
    refuse(offsets.size() - 1, offsets.back(), std::to_string(indices) + ", the number of indices");
}

}  // namespace

struct IdSequences::Reader {
  const IdSequences& sequences;
  std::int64_t num_ids = 0;

  std::int64_t size() const { return size_of(sequences.values_); }

  // Calls on_id(std::int32_t) for each id, and on_end() at the end of each sequence, some of which are empty.
  template <class OnId, class OnEnd>
  void read(const OnId& on_id, const OnEnd& on_end) const {
    std::visit([&](auto values, auto offsets) { read(values, offsets, on_id, on_end); }, sequences.values_,
               sequences.offsets_);
  }

  template <class Value, class Offset, class OnId, class OnEnd>
  void read(std::span<const Value> values, std::span<const Offset> offsets, const OnId& on_id,
            const OnEnd& on_end) const {
    const IdRange range(num_ids, size());
    std::size_t sequence = 0;
    std::int64_t column = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      for (; sequence < offsets.size() && offsets[sequence] <= static_cast<std::int64_t>(i); ++sequence)
        on_end();
      const std::int64_t id = values[i];
      if (id >= 0 && id < range.limit && id != sequences.padding_)
        on_id(static_cast<std::int32_t>(id));
      else if (offsets.empty() && (id < 0 || id == sequences.padding_))
        on_end();
      else
        refuse(static_cast<std::int64_t>(i), id, range);
      if (++column == sequences.columns_) {
        on_end();
        column = 0;
      }
    }
    on_end();
  }

  [[noreturn]] void refuse(std::int64_t index, std::int64_t value, const IdRange& range) const {
    const std::string place = size_of(sequences.offsets_) > 0 ? "indices[" + std::to_string(index) + "]"
                                                              : place_in_array(index, sequences.columns_);
    throw Error(place + " is " + std::to_string(value) + ": " +
                (value < range.limit ? range.expected() : range.expected_lower()));
  }
};

IdSequences IdSequences::csr(const Integers& indices, const Integers& offsets) {
  std::visit([&](auto values) { require_offsets(values, size_of(indices)); }, offsets);
  IdSequences sequences;
  sequences.values_ = indices;
  sequences.offsets_ = offsets;
  return sequences;
}

IdSequences IdSequences::padded(const Integers& values, std::int64_t rows, std::int64_t columns,
                                std::int64_t padding) {
  std::int64_t elements = 0;
  if (rows < 0 || columns < 1 || __builtin_mul_overflow(rows, columns, &elements) ||
      elements != size_of(values))
    throw Error("an array of " + std::to_string(size_of(values)) + " values has no shape of " +
                std::to_string(rows) + " x " + std::to_string(columns));
  IdSequences sequences;
  sequences.values_ = values;
  sequences.columns_ = columns;
  sequences.padding_ = padding;
  return sequences;
}

IdSequences IdSequences::separated(const Integers& values) {
  IdSequences sequences;
  sequences.values_ = values;
  return sequences;
}

CorpusCounts count_words(const IdSequences& sequences, std::int64_t min_count, std::int64_t max_vocab,
                         std::int64_t num_ids) {
  require_num_ids(num_ids);
  const IdSequences::Reader reader{sequences, num_ids};
  IdCounts counts;
  std::vector<std::int32_t> ids;  // not yet counted
  std::int64_t tokens = 0;
  std::int64_t ended = 0;  // tokens in sequences that have ended
  std::int64_t with_ids = 0;
  reader.read(
      [&](std::int32_t id) {
        ids.push_back(id);
        ++tokens;
        if (std::ssize(ids) < kTokensAtATime) return;
        counts.add(ids);
        ids.clear();
      },
      [&] {
        if (tokens > ended) ++with_ids;
        ended = tokens;
      });
  counts.add(ids);
  if (tokens == 0) throw Error("the sequences hold no ids: " + std::to_string(reader.size()) + " value(s)");
  CorpusCounts selected = counts.select(min_count, max_vocab, num_ids);
  selected.tokens = tokens;
  selected.max_sentences = with_ids;
  return selected;
}

void encode(const IdSequences& sequences, const Vocabulary& vocabulary, TokenSink& sink) {
  const std::vector<std::int32_t> rows = rows_of_ids(vocabulary, 0);
  SentenceEncoder encoder(sink);
  IdSequences::Reader{sequences, kMaxVocabulary}.read(
      [&](std::int32_t id) { encoder.add(id < std::ssize(rows) ? rows[static_cast<std::size_t>(id)] : -1); },
      [&] { encoder.end_sentence(); });
  encoder.finish("the sequences", vocabulary);
}

TokenStream encode(const IdSequences& sequences, const Vocabulary& vocabulary) {
  TokenStream stream;
  stream.ids.reserve(
      static_cast<std::size_t>(std::min(vocabulary.total(), IdSequences::Reader{sequences}.size())));
  StreamSink sink(stream);
  encode(sequences, vocabulary, sink);
  return stream;
}

}  // namespace warp2vec
