#include "host/files/vector_readers.h"

#include <string>

namespace warp2vec {

std::vector<BinaryRow> find_binary_rows(const VectorSource& source, const CountsHeader& header) {
  const std::string_view bytes = source.bytes;
  const std::size_t value_bytes = static_cast<std::size_t>(header.dim) * sizeof(float);
  // A row takes no less than a letter, a space and its values. Checked before anything is allocated.
  const auto most_rows = static_cast<std::int64_t>((bytes.size() - header.size) / (value_bytes + 2));
  if (header.rows > most_rows)
    source.fail(0, "the header says " + std::to_string(header.rows) + " vectors of " +
                       std::to_string(header.dim) + " values, but no more than " + std::to_string(most_rows) +
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

    // The first row shows whether newlines follow; the others must be like it.
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

}  // namespace warp2vec
