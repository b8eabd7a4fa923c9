#include <warp2vec/error.h>
#include <warp2vec/word_vectors.h>

#include "host/bytes/npy_header.h"
#include "host/bytes/utf8.h"
#include "host/files/section_file.h"
#include "host/files/vectors/vector_readers.h"
#include "host/io/mapped_file.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <iterator>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>

namespace warp2vec {
namespace {

bool is_integer(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// 0 if it is not in 1..most.
std::int64_t count_in(std::string_view text, std::int64_t most) {
  std::int64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  return result.ec == std::errc{} && value >= 1 && value <= most ? value : 0;
}

// Nothing unless the first line is two integers. Such a line is never taken for a GloVe vector of one value:
// a truncated word2vec text would pass as one.
std::optional<CountsHeader> read_counts_header(const VectorSource& source) {
  const std::size_t end = source.bytes.find('\n');
  std::string_view line = source.bytes.substr(0, end);
  line = line.substr(0, line.find_last_not_of(" \r") + 1);
  const std::size_t space = std::min(line.find(' '), line.size());
  const std::string_view rows = line.substr(0, space);
  const std::string_view dim = line.substr(std::min(space + 1, line.size()));
  if (!is_integer(rows) || !is_integer(dim)) return std::nullopt;
  const CountsHeader header{
      count_in(rows, std::numeric_limits<std::int64_t>::max()),
      static_cast<std::int32_t>(count_in(dim, std::numeric_limits<std::int32_t>::max())),
      std::min(end, source.bytes.size() - 1) + 1};
  if (header.rows == 0 || header.dim == 0)
    throw Error(source.path +
                ": line 1: expected the number of vectors and of their values, both at least 1" +
                " and the second at most 2147483647, but found " + in_quotes(line));
  return header;
}

bool is_printable(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](char c) { return (c >= ' ' && c <= '~') || c == '\t' || c == '\r' || c == '\n'; });
}

bool first_values_are_printable(std::string_view rows) {
  if (rows.starts_with('\n')) rows.remove_prefix(1);
  const std::string_view line = rows.substr(0, rows.find('\n'));
  return is_printable(line.substr(std::min(line.size(), line.find(' '))));
}

// word2vec's binary and text files begin alike. The file is binary if the rows match its size to the byte,
// unless all values are printable characters: floats hardly ever are, but "0.25" is a number in text and also
// four bytes.
WordVectors read_word2vec(const VectorSource& source, const CountsHeader& header) {
  std::vector<BinaryRow> rows;
  try {
    rows = find_binary_rows(source, header);
  } catch (const Error&) {
    // Possibly neither; the first row decides which of the two errors is more useful.
    if (!first_values_are_printable(source.bytes.substr(header.size))) throw;
    return read_text_vectors(source, header);
  }
  const std::size_t value_bytes = static_cast<std::size_t>(header.dim) * sizeof(float);
  const bool text = std::all_of(rows.begin(), rows.end(), [&](const BinaryRow& row) {
    return is_printable(source.bytes.substr(row.values, value_bytes));
  });
  return text ? read_text_vectors(source, header) : read_binary_vectors(source, rows, header.dim);
}

WordVectors read_any_format(const VectorSource& source) {
  for (const FileKind& kind : {kModelFile, kCheckpointFile})
    if (is_of_kind(kind, source.bytes))
      source.fail(0, std::string("expected word vectors, but this is a ") + kind.name +
                         " file (train --output writes the vectors)");
  if (is_npy(source.bytes)) return read_npy_vectors(source);
  const std::optional<CountsHeader> header = read_counts_header(source);
  return header ? read_word2vec(source, *header) : read_text_vectors(source, std::nullopt);
}

// Sorts hashes: several times faster than a hash set of millions of words.
void require_unique(const std::string& path, const std::vector<std::string>& words) {
  struct Entry {
    std::size_t hash;
    std::size_t row;
  };
  std::vector<Entry> entries;
  entries.reserve(words.size());
  for (std::size_t row = 0; row < words.size(); ++row)
    entries.push_back({std::hash<std::string>{}(words[row]), row});
  std::sort(entries.begin(), entries.end(), [&words](const Entry& a, const Entry& b) {
    if (a.hash != b.hash) return a.hash < b.hash;
    const int order = words[a.row].compare(words[b.row]);
    return order != 0 ? order < 0 : a.row < b.row;
  });
  const auto same = std::adjacent_find(
      entries.begin(), entries.end(),
      [&words](const Entry& a, const Entry& b) { return a.hash == b.hash && words[a.row] == words[b.row]; });
  if (same == entries.end()) return;
  throw Error(path + ": the word " + in_quotes(words[same->row]) + " appears twice, as vector " +
              std::to_string(same->row + 1) + " and as vector " + std::to_string(std::next(same)->row + 1));
}

}  // namespace

WordVectors load_vectors(const std::string& path) {
  return read_mapped(path, [&path](std::string_view bytes) {
    WordVectors result = read_any_format({path, bytes});
    require_unique(path, result.words);
    return result;
  });
}

}  // namespace warp2vec
