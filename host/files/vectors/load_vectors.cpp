#include <warp2vec/error.h>
#include <warp2vec/word_vectors.h>

#include "host/bytes/npy_header.h"
#include "host/bytes/utf8.h"
#include "host/files/section_file.h"
#include "host/files/vectors/vector_readers.h"
#include "host/io/lines.h"
#include "host/io/mapped_file.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <iterator>
#include <limits>
#include <memory>
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

bool has_control_bytes(std::string_view bytes) {
  return std::any_of(bytes.begin(), bytes.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < ' ' && c != '\t' && c != '\r' && c != '\n') || c == '\x7f';
  });
}

bool first_values_have_control_bytes(std::string_view rows) {
  if (rows.starts_with('\n')) rows.remove_prefix(1);
  const std::string_view line = rows.substr(0, rows.find('\n'));
  return has_control_bytes(line.substr(std::min(line.size(), line.find(' '))));
}

// So much of a file tells whether it is text.
constexpr std::size_t kSurelyText = std::size_t{64} << 10;

// word2vec's binary and text files begin alike. The file is binary if the rows match its size to the byte,
// unless all values are text: floats hardly ever are, but "0.25" is a number in text and also four bytes.
std::unique_ptr<VectorTable> word2vec_table(const VectorSource& source, const CountsHeader& header,
                                            std::int64_t limit) {
  const std::string_view rest = source.bytes.substr(header.size);
  const std::string_view beginning = rest.substr(0, kSurelyText);
  if (rest.size() > kSurelyText && beginning.find('\n') != std::string_view::npos &&
      !has_control_bytes(beginning))
    return text_table(source, header, limit);
  std::vector<BinaryRow> rows;
  try {
    rows = find_binary_rows(source, header, limit);
  } catch (const Error&) {
    // Possibly neither; the first row decides which of the two errors is more useful.
    if (first_values_have_control_bytes(rest)) throw;
    return text_table(source, header, limit);
  }
  const std::size_t value_bytes = static_cast<std::size_t>(header.dim) * sizeof(float);
  const bool binary = std::any_of(rows.begin(), rows.end(), [&](const BinaryRow& row) {
    const std::string_view values = source.bytes.substr(row.values, value_bytes);
    return has_control_bytes(values) || !is_valid_utf8(values);
  });
  return binary ? binary_table(source, rows, header.dim) : text_table(source, header, limit);
}

std::unique_ptr<VectorTable> table_of(const VectorSource& source, std::int64_t limit) {
  for (const FileKind& kind : {kModelFile, kCheckpointFile, kIndexFile})
    if (is_of_kind(kind, source.bytes))
      source.fail(0, std::string("expected word vectors, but this is a ") + kind.name +
                         " file (train --output writes the vectors)");
  if (is_fasttext(source.bytes)) return fasttext_table(source);
  if (is_npy(source.bytes)) return npy_table(source);
  if (is_safetensors(source.bytes)) return safetensors_table(source);
  const VectorSource text{{source.path, without_byte_order_mark(source.bytes)}};
  const std::optional<CountsHeader> header = read_counts_header(text);
  if (header) return word2vec_table(text, *header, limit);
  try {
    return text_table(text, std::nullopt, limit);
  } catch (const Error&) {
    if (text.bytes.substr(0, kSurelyText).find('\0') == std::string_view::npos) throw;
    source.fail(0, "expected word vectors, but this is binary data of no known kind");
  }
}

// The rows among the first `size` whose word no earlier row has. Sorts hashes: several times faster than a
// hash set of millions of words.
std::vector<std::int64_t> distinct_rows(const VectorTable& table, std::int64_t size) {
  struct Entry {
    std::size_t hash;
    std::int64_t row;
  };
  std::vector<Entry> entries;
  entries.reserve(static_cast<std::size_t>(size));
  for (std::int64_t row = 0; row < size; ++row)
    entries.push_back({std::hash<std::string_view>{}(table.word(row)), row});
  std::sort(entries.begin(), entries.end(), [&table](const Entry& a, const Entry& b) {
    if (a.hash != b.hash) return a.hash < b.hash;
    const int order = table.word(a.row).compare(table.word(b.row));
    return order != 0 ? order < 0 : a.row < b.row;
  });
  const auto last = std::unique(entries.begin(), entries.end(), [&table](const Entry& a, const Entry& b) {
    return a.hash == b.hash && table.word(a.row) == table.word(b.row);
  });
  std::vector<std::int64_t> rows;
  rows.reserve(static_cast<std::size_t>(last - entries.begin()));
  for (auto entry = entries.begin(); entry != last; ++entry) rows.push_back(entry->row);
  std::sort(rows.begin(), rows.end());
  return rows;
}

// Calls use(table, rows, repeated, release, file) with the rows that are read. release() is to be called
// after each row: pages that were read are given back now and then, so that they do not take memory beside
// the vectors.
template <class Use>
auto with_rows(const std::string& path, const LoadOptions& options, const Use& use) {
  if (options.limit < 0)
    throw Error("the first " + std::to_string(options.limit) + " vectors: expected 0 or more");
  return read_mapped(path, [&](std::string_view bytes, const MappedFile& file) {
    const std::unique_ptr<VectorTable> table = table_of({{path, bytes}}, options.limit);
    const std::int64_t size = options.limit > 0 ? std::min(options.limit, table->size()) : table->size();
    const std::vector<std::int64_t> rows = distinct_rows(*table, size);
    constexpr std::size_t kReleasedAtOnce = std::size_t{64} << 20;
    std::size_t since = 0;
    const auto release = [&] {
      since += static_cast<std::size_t>(table->dim()) * sizeof(float);
      if (since < kReleasedAtOnce) return;
      file.release();
      since = 0;
    };
    file.release();
    return use(*table, rows, size - std::ssize(rows), release, file.file());
  });
}

}  // namespace

WordVectors load_vectors(const std::string& path, const LoadOptions& options) {
  return with_rows(path, options,
                   [&](const VectorTable& table, const auto& rows, std::int64_t repeated, const auto& release,
                       const auto& file) {
                     WordVectors result;
                     result.vectors = Matrix(std::ssize(rows), table.dim());
                     result.words.reserve(rows.size());
                     result.repeated = repeated;
                     // A word that was not read has a row of its own, which its subwords lack.
                     if (options.limit == 0 || options.limit >= table.size())
                       result.subwords = table.subwords(file);
                     const std::vector<std::int64_t> counts = table.counts();
                     for (const std::int64_t row : rows) {
                       table.copy(row, result.vectors.row(std::ssize(result.words)));
                       result.words.emplace_back(table.word(row));
                       if (!counts.empty()) result.counts.push_back(counts[static_cast<std::size_t>(row)]);
                       release();
                     }
                     return result;
                   });
}

VectorFileSummary scan_vectors(
    const std::string& path, const LoadOptions& options,
    const std::function<void(std::string_view word, std::span<const float> values)>& take) {
  return with_rows(path, options,
                   [&](const VectorTable& table, const auto& rows, std::int64_t repeated, const auto& release,
                       const auto& /*file*/) {
                     std::vector<float> values(static_cast<std::size_t>(table.dim()));
                     for (const std::int64_t row : rows) {
                       table.copy(row, values.data());
                       take(table.word(row), values);
                       release();
                     }
                     return VectorFileSummary{std::ssize(rows), table.dim(), repeated};
                   });
}

}  // namespace warp2vec
