#pragma once
/// Word vectors with lookup by word: similarities and nearest neighbours, as gensim's KeyedVectors.
/// Similarity is the cosine, in [-1, 1].

#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/word_vectors.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace warp2vec {

struct Neighbor {
  std::string word;
  double similarity = 0;
};

/// A neighbour by its row.
struct NearestRow {
  std::int64_t row = 0;
  double similarity = 0;

  bool operator==(const NearestRow&) const = default;
};

class NeighborIndex;

/// Fewer vectors than this are compared one by one even if there is an index: that takes no longer.
inline constexpr std::int64_t kLeastIndexed = 10000;

/// Where neighbours are searched, and how. The result does not depend on the number of threads.
struct SearchOptions {
  std::int64_t restrict_vocab = 0;  ///< only among this many first words, the most frequent; 0 = all
  int threads = 1;                  ///< 1 to 1024; 0 = one per CPU that may be used
  /// Approximate search with this index of the same vectors (neighbor_index.h), if there are kLeastIndexed or
  /// more and no restrict_vocab; null = exact.
  const NeighborIndex* index = nullptr;
};

/// Words and their vectors, unchanged. A row's number is the word's id, 0 to size() - 1, if they come from a
/// vocabulary. Immutable: may be used by several threads at a time.
///
/// Searches without an index compare a query with all rows, in O(size * dim), and many queries at once as
/// products of matrices. Floats choose candidates and doubles rank them, so that results are those of a
/// search in double: by decreasing similarity, and equal ones by increasing row. A row of zeros has the
/// similarity 0 to all; a query must have a direction. Counts of neighbours are 0 or more, and fewer are
/// found if there are no more.
class WARP2VEC_EXPORT KeyedVectors {
 public:
  /// Throws Error unless there is a vector for each word, words are distinct, and all values finite.
  explicit KeyedVectors(WordVectors vectors);
  /// The same for a trained model: `vectors` are its input vectors, to be moved or copied here.
  KeyedVectors(const Vocabulary& vocabulary, Matrix vectors);

  std::int64_t size() const { return vectors_.size(); }
  std::int32_t dim() const { return vectors_.dim(); }
  /// The vector of a word that is not among these, if they come from a fastText model that has subwords of
  /// it.
  std::optional<std::vector<float>> composed(std::string_view word) const;
  /// All vectors, as they were given.
  const Matrix& vectors() const { return vectors_.vectors; }

  std::optional<std::int64_t> find(std::string_view word) const;

  // These throw Error for a word that is not in the vectors, naming it, and for a row that is not in
  // [0, size()).

  std::int64_t row_of(std::string_view word) const;
  const std::string& word(std::int64_t row) const;
  /// dim() values, as they were given.
  std::span<const float> vector(std::int64_t row) const;
  std::span<const float> vector(std::string_view word) const { return vector(row_of(word)); }
  /// The square of the vector's length.
  double squared_length(std::int64_t row) const { return squared_lengths_[checked(row)]; }
  /// The vector scaled to length 1; zeros stay zero.
  std::vector<float> unit(std::int64_t row) const;

  double similarity(std::int64_t a, std::int64_t b) const;
  double similarity(std::string_view a, std::string_view b) const;
  /// Of the means of the vectors of two lists of words, which must not be empty: gensim's n_similarity.
  double similarity(const std::vector<std::string>& a, const std::vector<std::string>& b) const;

  /// The `top` words nearest to the mean of the unit vectors of `positive` and the negated ones of
  /// `negative`, excluding these words. Other words may be among them if they are composed(). Throws Error
  /// also for no words, and if their mean is zero.
  std::vector<Neighbor> most_similar(const std::vector<std::string>& positive,
                                     const std::vector<std::string>& negative, std::int64_t top,
                                     const SearchOptions& options = {}) const;
  /// The `top` words nearest to a vector of dim() values, which must be finite and not all zero.
  std::vector<Neighbor> similar_by_vector(std::span<const float> vector, std::int64_t top,
                                          const SearchOptions& options = {}) const;
  /// Those nearest to the word of `row`, without it.
  std::vector<Neighbor> similar_by_row(std::int64_t row, std::int64_t top,
                                       const SearchOptions& options = {}) const;

  /// For each row of `queries`, which has dim() columns: as similar_by_vector(), in one pass for many
  /// queries.
  std::vector<std::vector<NearestRow>> top_k(const Matrix& queries, std::int64_t top,
                                             const SearchOptions& options = {}) const;
  /// For each of `rows`: as similar_by_row().
  std::vector<std::vector<NearestRow>> top_k(std::span<const std::int64_t> rows, std::int64_t top,
                                             const SearchOptions& options = {}) const;

  /// The word least similar to the mean of the unit vectors of all of `words`, the first of several; gensim's
  /// doesnt_match. Throws Error also for no words, and if their mean is zero.
  const std::string& doesnt_match(const std::vector<std::string>& words) const;
  /// The words that are more similar to `word` than `other` is, in the order of rows: gensim's closer_than.
  std::vector<std::string> closer_than(std::string_view word, std::string_view other) const;
  /// 1 if `other` is the nearest neighbour of `word`, 2 if it is the second, ...: gensim's rank.
  std::int64_t rank(std::string_view word, std::string_view other) const;

 private:
  std::size_t checked(std::int64_t row) const;
  std::vector<std::int64_t> rows_closer_than(std::string_view word, std::string_view other) const;

  WordVectors vectors_;
  std::vector<double> squared_lengths_;
  std::unordered_map<std::string_view, std::int64_t> rows_;
};

}  // namespace warp2vec
