#include "host/text/read_ids.h"

#include <warp2vec/error.h>

#include "host/io/byte_class.h"
#include "host/io/little_endian.h"
#include "host/io/utf8.h"
#include "host/text/tokenizer.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace warp2vec {
namespace {

// Not by tokenize(): the digits of a short word tell its end as well.
void read_text(const Chunk& chunk, const IdRange& range, IdChunk& to) {
  const char* const begin = chunk.text.data();
  const char* const end = begin + chunk.text.size();
  for (const char* at = begin; at < end;) {
    if (!is_word_byte(*at)) {
      if (*at == '\n') to.ends.push_back(std::ssize(to.ids));
      if (*at == '\0') refuse_nul(chunk, static_cast<std::size_t>(at - begin));
      ++at;
      continue;
    }
    const char* const word = at;
    std::int64_t id = 0;
    for (; at < end && is_digit(*at) && at - word < kMaxIdDigits; ++at) id = id * 10 + (*at - '0');
    const bool ended = at == end || !is_word_byte(*at);
    if (ended && id < range.limit && (*word != '0' || at == word + 1)) {
      to.ids.push_back(static_cast<std::int32_t>(id));
      continue;
    }
    at = std::find_if_not(at, end, is_word_byte);
    const std::string_view found(word, static_cast<std::size_t>(at - word));
    to.failure =
        (parse_id(found) ? range.expected_lower() : range.expected()) + ", found " + in_quotes(found);
    return;
  }
}

template <class Integer>
void read_array(const Chunk& chunk, const IdArray& array, const IdRange& range, IdChunk& to) {
  std::int64_t index = (chunk.offset - static_cast<std::int64_t>(array.header)) / array.value_bytes;
  std::int64_t column = array.columns > 0 ? index % array.columns : -1;
  for (std::size_t at = 0; at < chunk.text.size(); at += sizeof(Integer), ++index) {
    const auto id = number_at<Integer>(chunk.text, at);
    if (column == 0) to.ends.push_back(std::ssize(to.ids));
    if (id < 0) {
      to.ends.push_back(std::ssize(to.ids));
    } else if (id < range.limit) {
      to.ids.push_back(static_cast<std::int32_t>(id));
    } else {
      to.place = place_in_array(index, array.columns);
      to.failure = range.expected_lower() + ", found " + std::to_string(id);
      return;
    }
    if (array.columns > 0) column = column + 1 == array.columns ? 0 : column + 1;
  }
}

}  // namespace

void IdChunk::read(const Chunk& chunk, const IdRange& range) {
  ids.clear();
  ends.clear();
  failure.clear();
  place.clear();
  const std::optional<IdArray>& array = chunk.file->array;
  if (!array) return read_text(chunk, range, *this);
  if (array->value_bytes == sizeof(std::int32_t))
    return read_array<std::int32_t>(chunk, *array, range, *this);
  read_array<std::int64_t>(chunk, *array, range, *this);
}

void LineCounter::add(const Chunk& chunk, const IdChunk& ids) {
  lines_ += std::ssize(ids.ends);
  if (!ids.failure.empty())
    throw Error(chunk.file->name + ":" + (ids.place.empty() ? std::to_string(lines_ + 1) : " " + ids.place) +
                ": " + ids.failure);
  if (chunk.ends_file) lines_ = 0;
}

std::string place_in_array(std::int64_t index, std::int64_t columns) {
  return columns == 0
             ? "value " + std::to_string(index)
             : "row " + std::to_string(index / columns) + ", column " + std::to_string(index % columns);
}

}  // namespace warp2vec
