#include "host/bytes/utf8.h"
#include "host/files/vectors/vector_readers.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

namespace warp2vec {
namespace {

// Trained values are never so small or so large, but letters and bytes out of place are, taken for floats.
// The first ones of a row are enough to tell.
bool are_plausible(std::string_view values) {
  constexpr std::size_t kLookedAt = 64 * sizeof(float);
  constexpr auto kLeast = std::bit_cast<std::uint32_t>(1e-8F);
  constexpr auto kMost = std::bit_cast<std::uint32_t>(1e4F);
  for (std::size_t at = 0; at < std::min(values.size(), kLookedAt); at += sizeof(float)) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, values.data() + at, sizeof bits);
    bits &= ~(std::uint32_t{1} << 31U);
    if (bits != 0 && (bits < kLeast || bits > kMost)) return false;
  }
  return true;
}

bool is_printable(std::string_view text) { return printable_bytes(text) == text.size(); }

class Rows {
 public:
  Rows(const VectorSource& source, const CountsHeader& header)
      : source_(source),
        bytes_(source.bytes),
        rows_(header.rows),
        value_bytes_(static_cast<std::size_t>(header.dim) * sizeof(float)),
        at_(header.size) {}

  BinaryRow next() {
    if (newline_at(at_)) ++at_;
    ++row_;
    const std::string_view rest = bytes_.substr(at_);
    const std::size_t end = end_of_word(rest);
    if (rest.size() - end - 1 < value_bytes_) fail("the file ends inside its values");
    const BinaryRow row{rest.substr(0, end), at_ + end + 1};
    at_ = row.values + value_bytes_;
    newlines_ = newline_at(at_);
    return row;
  }

  // To be called after the last next(). `all`: that was the last row of the file.
  void finish(bool all) {
    if (spaces_ && ambiguous_ > 0) {
      row_ = ambiguous_;
      at_ = ambiguous_at_;
      fail(kSeveralEnds);
    }
    if (!all) return;
    if (newline_at(at_)) ++at_;
    if (at_ != bytes_.size())
      source_.fail(at_, "expected the end of the file after " + std::to_string(rows_) + " vectors, but " +
                            std::to_string(bytes_.size() - at_) + " bytes follow");
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    source_.fail(at_, "vector " + std::to_string(row_) + " of " + std::to_string(rows_) + ": " + what);
  }

  bool newline_at(std::size_t at) const { return at < bytes_.size() && bytes_[at] == '\n'; }

  // What speaks against a word that ends at `end` of `rest`, 0 to 4; kImpossible if the rows could not match
  // the file's size.
  int doubts(std::string_view rest, std::size_t end) const {
    if (rest.size() - end - 1 < value_bytes_) return kImpossible;
    int doubts = are_plausible(rest.substr(end + 1, value_bytes_)) ? 0 : 2;
    std::string_view after = rest.substr(end + 1 + value_bytes_);
    const bool newline = after.starts_with('\n');
    if (newline) after.remove_prefix(1);
    if (row_ == rows_) return after.empty() ? doubts : kImpossible;
    if (row_ > 1 && newline != newlines_) ++doubts;
    const std::size_t next = after.find(' ');
    if (next == std::string_view::npos) return kImpossible;
    return doubts + (next > 0 && is_printable(after.substr(0, next)) ? 0 : 1);
  }

  std::size_t end_of_word(std::string_view rest) {
    const std::size_t first = rest.find(' ');
    if (first == std::string_view::npos) fail("the file ends before the end of its word");
    if (rest.substr(0, first).find('\n') != std::string_view::npos) fail("its word has a newline in it");
    const int of_first = first == 0 ? kImpossible : doubts(rest, first);
    // So many values are in place by no accident.
    if (of_first == 0 && value_bytes_ >= kFewValues * sizeof(float)) return first;
    int least = of_first;
    std::size_t best = first;
    int ends = 1;  // with so few doubts
    const std::string_view longest = rest.substr(0, kMaxWordWithSpaces);
    const std::string_view text = longest.substr(0, printable_bytes(longest));
    for (std::size_t end = text.find(' ', first + 1); end != std::string_view::npos;
         end = text.find(' ', end + 1)) {
      const int doubt = doubts(rest, end);
      if (doubt > least || doubt == kImpossible) continue;
      ends = doubt < least ? 1 : ends + 1;
      if (doubt < least) best = end;
      least = doubt;
    }
    if (best == 0) fail("its word is empty");
    if (best != first) {
      if (ends > 1) fail(kSeveralEnds);
      spaces_ = true;
    } else if (least == 0 && ends > 1 && ambiguous_ == 0) {
      ambiguous_ = row_;
      ambiguous_at_ = at_;
    }
    return best;
  }

  static constexpr const char* kSeveralEnds =
      "its word contains spaces, and may end at any of several of them";
  static constexpr int kImpossible = 5;
  static constexpr std::size_t kFewValues = 8;
  static constexpr std::size_t kMaxWordWithSpaces = 1000;  // bytes; more is no word

  const VectorSource& source_;
  std::string_view bytes_;
  std::int64_t rows_;
  std::size_t value_bytes_;
  std::size_t at_;
  std::int64_t row_ = 0;   // the number of the row at `at_`
  bool newlines_ = false;  // behind the row before
  bool spaces_ = false;    // in a word so far
  // The first row that may have several ends, which matters if the file has words with spaces at all.
  std::int64_t ambiguous_ = 0;
  std::size_t ambiguous_at_ = 0;
};

class BinaryTable final : public VectorTable {
 public:
  BinaryTable(const VectorSource& source, const std::vector<BinaryRow>& rows, std::int32_t dim)
      : VectorTable({}, dim), source_(source) {
    words_.reserve(rows.size());
    values_.reserve(rows.size());
    for (const BinaryRow& row : rows) {
      words_.push_back(row.word);
      values_.push_back(row.values);
    }
  }

  void copy(std::int64_t row, float* to) const override {
    source_.copy_values(values_[static_cast<std::size_t>(row)], to, dim_);
  }

 private:
  VectorSource source_;
  std::vector<std::size_t> values_;  // offsets
};

}  // namespace

std::vector<BinaryRow> find_binary_rows(const VectorSource& source, const CountsHeader& header,
                                        std::int64_t limit) {
  const std::size_t value_bytes = static_cast<std::size_t>(header.dim) * sizeof(float);
  // A row takes at least a letter, a space and its values. Checked before any allocation.
  const auto max_rows = static_cast<std::int64_t>((source.bytes.size() - header.size) / (value_bytes + 2));
  if (header.rows > max_rows)
    source.fail(0, "the header says " + std::to_string(header.rows) + " vectors of " +
                       std::to_string(header.dim) + " values, but no more than " + std::to_string(max_rows) +
                       " fit into the file's " + std::to_string(source.bytes.size()) + " bytes");

  const std::int64_t wanted = limit > 0 ? std::min(limit, header.rows) : header.rows;
  std::vector<BinaryRow> rows;
  rows.reserve(static_cast<std::size_t>(wanted));
  Rows in_file(source, header);
  while (std::ssize(rows) < wanted) rows.push_back(in_file.next());
  in_file.finish(wanted == header.rows);
  return rows;
}

std::unique_ptr<VectorTable> binary_table(const VectorSource& source, const std::vector<BinaryRow>& rows,
                                          std::int32_t dim) {
  return std::make_unique<BinaryTable>(source, rows, dim);
}

}  // namespace warp2vec
