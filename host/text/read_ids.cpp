#include "host/text/read_ids.h"

#include <warp2vec/error.h>

#include "host/bytes/byte_class.h"
#include "host/bytes/little_endian.h"
#include "host/bytes/utf8.h"
#include "host/io/byte_stream.h"
#include "host/text/tokenizer.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace warp2vec {
namespace {

// digits_of() the eight bytes at `at`, without branches, since the lengths of ids are hard to predict.
// Eight digits may not be all.
Digits digits_of_eight(std::string_view text, std::size_t at) {
  const std::uint64_t bytes = number_at<std::uint64_t>(text, at) ^ 0x3030303030303030;  // digits are 0 to 9
  const std::uint64_t others = ((bytes + 0x7676767676767676) | bytes) & 0x8080808080808080;
  const int number = others == 0 ? 8 : std::countr_zero(others) / 8;
  // The first digit is in the lowest byte. Zeros take the place of what follows the last one, and go in
  // front.
  std::uint64_t value = number == 0 ? 0 : bytes << (64 - 8 * number);
  value = (value * 10 + (value >> 8)) & 0x00FF00FF00FF00FF;    // of two digits each
  value = (value * 100 + (value >> 16)) & 0x0000FFFF0000FFFF;  // of four
  value = (value * 10000 + (value >> 32)) & 0xFFFFFFFF;        // of eight
  return {number, static_cast<std::int64_t>(value)};
}

void read_text(const Chunk& chunk, const IdRange& range, IdChunk& to) {
  constexpr std::size_t kEight = 8;
  const std::string_view text = chunk.text;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_word_byte(text[at])) {
      if (text[at] == '\n') to.ends.push_back(std::ssize(to.ids));
      if (text[at] == '\0') refuse_nul(chunk, at);
      ++at;
      continue;
    }
    Digits id{kEight, 0};
    if (text.size() - at >= kEight) id = digits_of_eight(text, at);
    if (id.number == kEight) id = digits_of(text.substr(at));
    const std::size_t end = at + static_cast<std::size_t>(id.number);
    const bool is_whole = end == text.size() || !is_word_byte(text[end]);
    if (is_whole && id.value < range.limit && (text[at] != '0' || id.number == 1)) {
      to.ids.push_back(static_cast<std::int32_t>(id.value));
      at = end;
      continue;
    }
    const auto* const word_end = std::find_if_not(text.begin() + at, text.end(), is_word_byte);
    const std::string_view word = text.substr(at, static_cast<std::size_t>(word_end - text.begin()) - at);
    to.failure = (parse_id(word) ? range.expected_lower() : range.expected()) + ", found " + in_quotes(word);
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

// Those of a share that does not begin with the file.
std::int64_t lines_before(const Corpus::File& file, std::int64_t end) {
  const std::unique_ptr<ByteStream> bytes = file.content();
  std::string buffer(std::size_t{1} << 20, '\0');
  std::int64_t lines = 0;
  while (end > 0) {
    const std::size_t n = bytes->read(
        buffer.data(), static_cast<std::size_t>(std::min(end, static_cast<std::int64_t>(buffer.size()))));
    if (n == 0) break;
    lines += std::count_if(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(n),
                           [](char c) { return c == '\n'; });
    end -= static_cast<std::int64_t>(n);
  }
  return lines;
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
  if (begin_ < 0) begin_ = chunk.offset;
  lines_ += std::ssize(ids.ends);
  if (!ids.failure.empty())
    throw Error(chunk.file->name + ":" +
                (ids.place.empty() ? std::to_string(lines_before(*chunk.file, begin_) + lines_ + 1)
                                   : " " + ids.place) +
                ": " + ids.failure);
  if (!chunk.ends_file) return;
  begin_ = -1;
  lines_ = 0;
}

std::string place_in_array(std::int64_t index, std::int64_t columns) {
  return columns == 0
             ? "value " + std::to_string(index)
             : "row " + std::to_string(index / columns) + ", column " + std::to_string(index % columns);
}

}  // namespace warp2vec
