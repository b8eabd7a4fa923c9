#include <warp2vec/error.h>
#include <warp2vec/keyed_vectors.h>

#include "host/bytes/utf8.h"
#include "host/evaluation/nearest_rows.h"
#include "host/training/matrix_rows.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace warp2vec {
namespace {

using Sum = std::vector<double>;

WordVectors word_vectors_of(const Vocabulary& vocabulary, Matrix vectors) {
  WordVectors made;
  made.words.reserve(static_cast<std::size_t>(vocabulary.size()));
  for (std::int64_t r = 0; r < vocabulary.size(); ++r)
    made.words.emplace_back(vocabulary.word(static_cast<WordId>(r)));
  made.vectors = std::move(vectors);
  return made;
}

double cosine(double product, double squared_lengths) {
  // A length is known up to rounding; the square root of the product of equal ones is exact, so that equal
  // vectors have the similarity 1.
  return squared_lengths == 0 ? 0 : std::clamp(product / std::sqrt(squared_lengths), -1.0, 1.0);
}

void add(Sum& sum, std::span<const float> values, double weight) {
  for (std::size_t d = 0; d < sum.size(); ++d) sum[d] += weight * double{values[d]};
}

// What is added to a sum of unit vectors.
double weight_of(double squared_length) { return squared_length == 0 ? 0 : 1 / std::sqrt(squared_length); }

double dot_of(const Sum& a, const Sum& b) {
  double sum = 0;
  for (std::size_t d = 0; d < a.size(); ++d) sum += a[d] * b[d];
  return sum;
}

// Scaled to length 1. `what` is for messages.
std::vector<float> unit_of(const Sum& sum, const std::string& what) {
  const double squared_length = dot_of(sum, sum);
  if (squared_length == 0) throw Error(what + " is zero: it has no direction");
  if (!std::isfinite(squared_length)) throw Error(what + " has a value that is not finite");
  const double weight = weight_of(squared_length);
  std::vector<float> unit;
  unit.reserve(sum.size());
  for (const double value : sum) unit.push_back(static_cast<float>(value * weight));
  return unit;
}

std::vector<float> unit_of(std::span<const float> values, const std::string& what) {
  return unit_of(Sum(values.begin(), values.end()), what);
}

std::vector<float> unit_of_row(const KeyedVectors& space, std::int64_t row) {
  return unit_of(space.vector(row), "the vector of " + in_quotes(space.word(row)));
}

void require_dim(const KeyedVectors& space, std::int64_t dim) {
  if (dim != space.dim())
    throw Error("a vector of " + std::to_string(dim) + " values: expected " + std::to_string(space.dim()));
}

using Rows = std::span<const std::int64_t>;

// The nearest rows of each query without those of without(q).
template <class Query, class Without>
std::vector<std::vector<NearestRow>> search(const KeyedVectors& space, std::int64_t queries,
                                            const Query& query, const Without& without, std::int64_t top,
                                            const SearchOptions& options) {
  if (top < 0) throw Error("the " + std::to_string(top) + " nearest words: expected 0 or more");
  std::int64_t most_without = 0;
  for (std::int64_t q = 0; q < queries; ++q) most_without = std::max(most_without, std::ssize(without(q)));
  std::vector<std::vector<NearestRow>> found = nearest_rows(
      space, queries,
      [&query](std::int64_t q, std::span<float> to) {
        const std::vector<float> values = query(q);
        std::copy(values.begin(), values.end(), to.begin());
      },
      std::min(top, space.size()) + most_without, options);
  for (std::int64_t q = 0; q < queries; ++q) {
    std::vector<NearestRow>& rows = found[static_cast<std::size_t>(q)];
    const Rows left_out = without(q);
    std::erase_if(rows, [&](const NearestRow& nearest) {
      return std::find(left_out.begin(), left_out.end(), nearest.row) != left_out.end();
    });
    if (std::ssize(rows) > top) rows.resize(static_cast<std::size_t>(top));
  }
  return found;
}

std::vector<Neighbor> neighbors(const KeyedVectors& space, const std::vector<float>& query, Rows without,
                                std::int64_t top, const SearchOptions& options) {
  const auto found = search(
      space, 1, [&](std::int64_t) { return query; }, [&](std::int64_t) { return without; }, top, options);
  std::vector<Neighbor> neighbors;
  neighbors.reserve(found.front().size());
  for (const NearestRow& nearest : found.front())
    neighbors.push_back({space.word(nearest.row), nearest.similarity});
  return neighbors;
}

}  // namespace

KeyedVectors::KeyedVectors(WordVectors vectors) : vectors_(std::move(vectors)) {
  if (std::ssize(vectors_.words) != size())
    throw Error(std::to_string(vectors_.words.size()) + " words with " + std::to_string(size()) + " vectors");
  rows_.reserve(vectors_.words.size());
  squared_lengths_.reserve(vectors_.words.size());
  for (std::int64_t r = 0; r < size(); ++r) {
    const std::string& word = vectors_.words[static_cast<std::size_t>(r)];
    if (!rows_.emplace(word, r).second) throw Error("the word " + in_quotes(word) + " appears twice");
    const std::span<const float> values = row_values(vectors_.vectors, r);
    if (!all_finite(values))
      throw Error("the vector of " + in_quotes(word) + " has a value that is not finite");
    squared_lengths_.push_back(dot(values, values));
  }
}

KeyedVectors::KeyedVectors(const Vocabulary& vocabulary, Matrix vectors)
    : KeyedVectors(word_vectors_of(vocabulary, std::move(vectors))) {}

std::optional<std::int64_t> KeyedVectors::find(std::string_view word) const {
  const auto found = rows_.find(word);
  if (found == rows_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::vector<float>> KeyedVectors::composed(std::string_view word) const {
  if (vectors_.subwords == nullptr || find(word)) return std::nullopt;
  return vectors_.subwords->vector(word);
}

std::int64_t KeyedVectors::row_of(std::string_view word) const {
  if (const std::optional<std::int64_t> row = find(word)) return *row;
  throw Error("the word " + in_quotes(word) + " is not in the vectors");
}

std::size_t KeyedVectors::checked(std::int64_t row) const {
  if (row < 0 || row >= size())
    throw Error("the vectors have no row " + std::to_string(row) + ": expected 0 to " +
                std::to_string(size() - 1));
  return static_cast<std::size_t>(row);
}

const std::string& KeyedVectors::word(std::int64_t row) const { return vectors_.words[checked(row)]; }

std::span<const float> KeyedVectors::vector(std::int64_t row) const {
  checked(row);
  return row_values(vectors_.vectors, row);
}

std::vector<float> KeyedVectors::unit(std::int64_t row) const {
  const double weight = weight_of(squared_length(row));
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(dim()));
  for (const float value : vector(row)) values.push_back(static_cast<float>(value * weight));
  return values;
}

double KeyedVectors::similarity(std::int64_t a, std::int64_t b) const {
  return cosine(dot(vector(a), vector(b)), squared_length(a) * squared_length(b));
}

double KeyedVectors::similarity(std::string_view a, std::string_view b) const {
  return similarity(row_of(a), row_of(b));
}

double KeyedVectors::similarity(const std::vector<std::string>& a, const std::vector<std::string>& b) const {
  const auto sum_of = [this](const std::vector<std::string>& words) {
    if (words.empty()) throw Error("the similarity of lists of words: expected at least one word in each");
    Sum sum(static_cast<std::size_t>(dim()));
    for (const std::string& word : words) add(sum, vector(word), 1);
    return sum;
  };
  const Sum of_a = sum_of(a);
  const Sum of_b = sum_of(b);
  return cosine(dot_of(of_a, of_b), dot_of(of_a, of_a) * dot_of(of_b, of_b));
}

std::vector<Neighbor> KeyedVectors::most_similar(const std::vector<std::string>& positive,
                                                 const std::vector<std::string>& negative, std::int64_t top,
                                                 const SearchOptions& options) const {
  if (positive.empty() && negative.empty()) throw Error("neighbours need at least one word");
  Sum sum(static_cast<std::size_t>(dim()));
  std::vector<std::int64_t> asked;
  const auto add_unit = [&](const std::string& word, double sign) {
    if (const std::optional<std::vector<float>> values = composed(word)) {
      add(sum, *values, sign * weight_of(dot(*values, *values)));
      return;
    }
    asked.push_back(row_of(word));
    add(sum, vector(asked.back()), sign * weight_of(squared_length(asked.back())));
  };
  for (const std::string& word : positive) add_unit(word, 1);
  for (const std::string& word : negative) add_unit(word, -1);
  return neighbors(*this, unit_of(sum, "the mean of the words' vectors"), asked, top, options);
}

std::vector<Neighbor> KeyedVectors::similar_by_vector(std::span<const float> vector, std::int64_t top,
                                                      const SearchOptions& options) const {
  require_dim(*this, std::ssize(vector));
  return neighbors(*this, unit_of(vector, "the vector"), {}, top, options);
}

std::vector<Neighbor> KeyedVectors::similar_by_row(std::int64_t row, std::int64_t top,
                                                   const SearchOptions& options) const {
  return neighbors(*this, unit_of_row(*this, row), {&row, 1}, top, options);
}

std::vector<std::vector<NearestRow>> KeyedVectors::top_k(const Matrix& queries, std::int64_t top,
                                                         const SearchOptions& options) const {
  if (queries.rows() > 0) require_dim(*this, queries.cols());
  const auto query = [&queries](std::int64_t q) {
    return unit_of(row_values(queries, q), "query " + std::to_string(q));
  };
  for (std::int64_t q = 0; q < queries.rows(); ++q)
    query(q);  // their errors, those of the first before others
  return search(
      *this, queries.rows(), query, [](std::int64_t) { return Rows(); }, top, options);
}

std::vector<std::vector<NearestRow>> KeyedVectors::top_k(std::span<const std::int64_t> rows, std::int64_t top,
                                                         const SearchOptions& options) const {
  const auto query = [&](std::int64_t q) { return unit_of_row(*this, rows[static_cast<std::size_t>(q)]); };
  for (std::int64_t q = 0; q < std::ssize(rows); ++q) query(q);
  return search(
      *this, std::ssize(rows), query,
      [&](std::int64_t q) { return rows.subspan(static_cast<std::size_t>(q), 1); }, top, options);
}

const std::string& KeyedVectors::doesnt_match(const std::vector<std::string>& words) const {
  Sum sum(static_cast<std::size_t>(dim()));
  for (const std::string& word : words) add(sum, unit(row_of(word)), 1);
  const std::vector<float> mean = unit_of(sum, "the mean of the words' vectors");
  const auto least = std::min_element(words.begin(), words.end(), [&](const auto& a, const auto& b) {
    return dot(unit(row_of(a)), mean) < dot(unit(row_of(b)), mean);
  });
  return word(row_of(*least));
}

std::vector<std::int64_t> KeyedVectors::rows_closer_than(std::string_view word,
                                                         std::string_view other) const {
  const std::int64_t from = row_of(word);
  const double bound = similarity(from, row_of(other));
  std::vector<std::int64_t> closer;
  for (std::int64_t row = 0; row < size(); ++row)
    if (row != from && similarity(from, row) > bound) closer.push_back(row);
  return closer;
}

std::vector<std::string> KeyedVectors::closer_than(std::string_view word, std::string_view other) const {
  std::vector<std::string> words;
  for (const std::int64_t row : rows_closer_than(word, other)) words.push_back(this->word(row));
  return words;
}

std::int64_t KeyedVectors::rank(std::string_view word, std::string_view other) const {
  return std::ssize(rows_closer_than(word, other)) + 1;
}

}  // namespace warp2vec
