#include "host/files/vectors/vector_readers.h"

#include <warp2vec/error.h>

#include "host/bytes/crc32.h"
#include "host/bytes/npy_header.h"
#include "host/bytes/utf8.h"
#include "host/io/lines.h"
#include "host/io/mapped_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <system_error>

namespace warp2vec {

namespace {

std::string_view without_spaces_at_end(std::string_view line) {
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

// Number of fields of the line after its word.
std::int64_t count_values(std::string_view line) {
  std::int64_t count = 0;
  for (std::size_t space = line.find(' '); space < line.size(); space = line.find(' ', space + 1))
    if (space + 1 < line.size() && line[space + 1] != ' ') ++count;
  return count;
}

// The number in `text`; infinite or NaN if it is out of range for float, and nothing if it is not a number.
std::optional<float> parse_number(std::string_view text) {
  const char* const end = text.data() + text.size();
  float value = 0;
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (stop != end || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc{}) return value;
  // Out of range: too large, or so small that it becomes zero (as in files written from doubles).
  double wide = std::numeric_limits<double>::infinity();
  std::from_chars(text.data(), end, wide);
  return static_cast<float>(wide);
}

[[noreturn]] void fail_count(const Lines& lines, std::string_view line, std::int64_t dim) {
  lines.fail("found " + std::to_string(count_values(line)) + " values, expected " + std::to_string(dim));
}

// Reads the line's `dim` values into `row` and returns its word.
std::string_view parse_row(const Lines& lines, std::string_view line, std::int32_t dim, float* row) {
  const std::string_view word = line.substr(0, line.find(' '));
  if (word.empty()) lines.fail("the word is empty");
  std::string_view rest = without_spaces_at_end(line.substr(word.size()));
  std::int32_t found = 0;
  for (; found < dim && !rest.empty(); ++found) {
    rest.remove_prefix(1);  // the space before it
    const std::string_view field = rest.substr(0, rest.find(' '));
    const std::optional<float> value = parse_number(field);
    if (!value) lines.fail("value " + std::to_string(found + 1) + " is not a number: " + in_quotes(field));
    if (!std::isfinite(*value))
      lines.fail("value " + std::to_string(found + 1) + " is not a finite float: " + in_quotes(field));
    row[found] = *value;
    rest.remove_prefix(field.size());
  }
  if (found < dim || !rest.empty()) fail_count(lines, line, dim);
  return word;
}

}  // namespace

WordVectors read_text_vectors(const VectorSource& source, const std::optional<CountsHeader>& header) {
  const Lines all(source.path, source.bytes.substr(header ? header->size : 0), header ? 2 : 1);

  // The first pass counts, and rejects lines that are too short for their values, so that allocations are
  // proportional to the file.
  std::int64_t rows = 0;
  std::int64_t dim = header ? header->dim : 0;
  std::string_view line;
  for (Lines lines = all; lines.next(line); ++rows) {
    if (dim == 0) dim = count_values(line);
    if (dim == 0 || dim > std::numeric_limits<std::int32_t>::max())
      lines.fail("found " + std::to_string(dim) + " values, expected 1 to 2147483647");
    if (static_cast<std::int64_t>(line.size()) < 2 * dim + 1) fail_count(lines, line, dim);
  }
  if (header && rows != header->rows)
    throw Error(source.path + ": line 1: the header says " + std::to_string(header->rows) + " vectors, but " +
                std::to_string(rows) + " lines follow");
  if (rows == 0) throw Error(source.path + ": expected vectors, but the file is empty");

  WordVectors result;
  result.vectors = Matrix(rows, static_cast<std::int32_t>(dim));
  result.words.reserve(static_cast<std::size_t>(rows));
  Lines lines = all;
  for (std::int64_t r = 0; lines.next(line); ++r)
    result.words.emplace_back(parse_row(lines, line, result.dim(), result.vectors.row(r)));
  return result;
}

std::vector<BinaryRow> find_binary_rows(const VectorSource& source, const CountsHeader& header) {
  const std::string_view bytes = source.bytes;
  const std::size_t value_bytes = static_cast<std::size_t>(header.dim) * sizeof(float);
  // A row takes at least a letter, a space and its values. Checked before any allocation.
  const auto max_rows = static_cast<std::int64_t>((bytes.size() - header.size) / (value_bytes + 2));
  if (header.rows > max_rows)
    source.fail(0, "the header says " + std::to_string(header.rows) + " vectors of " +
                       std::to_string(header.dim) + " values, but no more than " + std::to_string(max_rows) +
                       " fit into the file's " + std::to_string(bytes.size()) + " bytes");

  std::vector<BinaryRow> rows;
  rows.reserve(static_cast<std::size_t>(header.rows));
  const auto newline_at = [bytes](std::size_t at) { return at < bytes.size() && bytes[at] == '\n'; };
  const bool newline_first = newline_at(header.size);
  bool newline_after = false;
  std::size_t at = header.size + (newline_first ? 1 : 0);
  for (std::int64_t r = 0; r < header.rows; ++r) {
    const auto fail_here = [&](const char* what) {
      source.fail(at, "vector " + std::to_string(r + 1) + " of " + std::to_string(header.rows) + ": " + what);
    };
    const std::string_view rest = bytes.substr(at);
    const std::string_view word = rest.substr(0, rest.find(' '));
    if (word.size() == rest.size()) fail_here("the file ends before the end of its word");
    if (word.empty()) fail_here("its word is empty");
    if (word.find('\n') != std::string_view::npos) fail_here("its word has a newline in it");
    if (rest.size() - word.size() - 1 < value_bytes) fail_here("the file ends inside its values");
    rows.push_back({word, at + word.size() + 1});
    at = rows.back().values + value_bytes;

    // The first row decides whether newlines follow; the others must match it.
    if (r == 0) newline_after = newline_at(at);
    if (r == header.rows - 1 && newline_first) newline_after = false;
    if (newline_after && !newline_at(at)) fail_here("expected a newline after it, as after the first");
    if (newline_after) ++at;
  }
  if (at != bytes.size())
    source.fail(at, "expected the end of the file after " + std::to_string(header.rows) + " vectors, but " +
                        std::to_string(bytes.size() - at) + " bytes follow");
  return rows;
}

WordVectors read_binary_vectors(const VectorSource& source, const std::vector<BinaryRow>& rows,
                                std::int32_t dim) {
  const auto count = static_cast<std::int64_t>(rows.size());
  WordVectors result;
  result.vectors = Matrix(count, dim);
  result.words.reserve(rows.size());
  for (std::int64_t r = 0; r < count; ++r) {
    const BinaryRow& row = rows[static_cast<std::size_t>(r)];
    result.words.emplace_back(row.word);
    source.copy_values(row.values, result.vectors.row(r), dim);
  }
  return result;
}

namespace {

// The words of PATH.vocab, one per line. The array's header matches the size of its file.
std::vector<std::string> read_words(const std::string& path, std::string_view text, const NpyHeader& array) {
  std::vector<std::string> words;
  words.reserve(static_cast<std::size_t>(array.rows));
  std::uint32_t crc = 0;
  Lines lines(path, text);
  for (std::string_view line; lines.next(line);) {
    if (static_cast<std::int64_t>(words.size()) == array.rows)
      lines.fail("expected the end of the file: there are " + std::to_string(array.rows) + " vectors");
    if (line.empty()) lines.fail("the word is empty");
    words.emplace_back(line);
    crc = crc32_of("\n", crc32_of(line, crc));
  }
  if (static_cast<std::int64_t>(words.size()) < array.rows)
    throw Error(path + ": found " + std::to_string(words.size()) + " words, expected " +
                std::to_string(array.rows) + ", one for each vector");
  if (array.words_crc.value_or(crc) != crc)
    throw Error(
        path +
        ": these are not the words of the array: their checksum is not that in its header (one file was "
        "replaced without the other)");
  return words;
}

}  // namespace

WordVectors read_npy_vectors(const VectorSource& source) {
  const NpyHeader header = read_npy_header(source);
  WordVectors result;
  const std::string words = source.path + ".vocab";
  result.words = read_mapped(words, [&](std::string_view text) { return read_words(words, text, header); });
  result.vectors = Matrix(header.rows, header.cols);
  std::size_t at = header.size;
  for (std::int64_t r = 0; r < header.rows; ++r) {
    source.copy_values(at, result.vectors.row(r), header.cols);
    at += static_cast<std::size_t>(header.cols) * sizeof(float);
  }
  return result;
}

}  // namespace warp2vec
