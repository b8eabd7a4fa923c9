#pragma once
/// Nearest neighbours, analogies, and agreement with human judgements. Similarity is the cosine, in [-1, 1].

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

/// Word vectors scaled to length 1 (zero vectors stay zero), with lookup by word.
class WARP2VEC_EXPORT KeyedVectors {
 public:
  explicit KeyedVectors(WordVectors vectors);

  std::int64_t size() const { return vectors_.size(); }
  std::int32_t dim() const { return vectors_.dim(); }
  const std::string& word(std::int64_t row) const { return vectors_.words[static_cast<std::size_t>(row)]; }
  std::optional<std::int64_t> find(std::string_view word) const;
  /// The unit vector of a row, dim() values.
  std::span<const float> unit(std::int64_t row) const;

  double similarity(std::int64_t a, std::int64_t b) const;

  /// The `top` words nearest to the mean of the unit vectors of `positive` and the negated ones of
  /// `negative`, excluding these words, by decreasing similarity; as gensim's most_similar. Throws Error
  /// naming a word that is not in the vectors.
  std::vector<Neighbor> most_similar(const std::vector<std::string>& positive,
                                     const std::vector<std::string>& negative, std::int64_t top) const;

 private:
  WordVectors vectors_;
  std::unordered_map<std::string_view, std::int64_t> rows_;
};

struct PairsResult {
  std::string file;
  double spearman = 0;     ///< rank correlation, ties with mean ranks; NaN if undefined
  std::int64_t found = 0;  ///< pairs with both words in the vectors
  std::int64_t total = 0;
};

struct EvaluateOptions {
  std::int64_t restrict_vocab = 30000;  ///< analogies use this many most frequent words; 0 = all
  bool case_sensitive =
      false;  ///< else words are compared in upper case and the more frequent form wins, as in gensim
  int threads = 1;
};

/// Spearman's rho between similarity and the scores of a file of `word word score` lines, separated by tab,
/// comma, semicolon or spaces; lines that start with '#' and a header line without a number are skipped.
/// Pairs with a missing word are excluded and counted, as in gensim's evaluate_word_pairs. Throws Error
/// naming file and line.
WARP2VEC_EXPORT PairsResult evaluate_pairs(const KeyedVectors& space, const std::string& path,
                                           const EvaluateOptions& options);

struct AnalogySection {
  std::string name;  ///< empty for questions before the first heading
  std::int64_t correct = 0;
  std::int64_t found = 0;  ///< questions with all four words in the restricted vocabulary
  std::int64_t total = 0;
};

struct AnalogyResult {
  std::string file;
  std::vector<AnalogySection> sections;
  AnalogySection semantic;   ///< sections whose name does not start with "gram"
  AnalogySection syntactic;  ///< sections whose name starts with "gram"
  AnalogySection all;
};

/// Share of `a b c d` questions for which d is the word nearest to b - a + c (3CosAdd of unit vectors;
/// excluding a, b and c), by ": name" section; gensim's evaluate_word_analogies, in batched matrix products.
/// Throws Error naming file and line.
WARP2VEC_EXPORT AnalogyResult evaluate_analogies(const KeyedVectors& space, const std::string& path,
                                                 const EvaluateOptions& options);

}  // namespace warp2vec
