#pragma once
/// Evaluates word vectors: analogies, and agreement with human judgements.

#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/keyed_vectors.h>

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec {

struct PairsResult {
  std::string file;
  double spearman = 0;     ///< rank correlation, ties with mean ranks; NaN if undefined
  std::int64_t found = 0;  ///< pairs with both words in the vectors
  std::int64_t total = 0;
};

struct EvaluateOptions {
  std::int64_t restrict_vocab = 30000;  ///< analogies use this many most frequent words, >= 0; 0 = all
  bool case_sensitive =
      false;        ///< else words are compared in upper case and the more frequent form wins, as in gensim
  int threads = 1;  ///< 1 to 1024; 0 = one per CPU that may be used
};

/// Spearman's rho between similarity and the scores of a file of `word word score` lines, separated by tab,
/// comma, semicolon or spaces, plain or compressed. Fields may be quoted as in CSV files; the score may
/// follow a column with the part of speech (SimLex-999), except between spaces, and further columns are not
/// read. Lines that start with '#' and a header line are skipped. Pairs with a missing word are excluded and
/// counted, as in gensim's evaluate_word_pairs. Throws Error naming file and line, and for options out of
/// range.
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

/// Share of `a b c d` questions, with the same separators, for which d is the word nearest to b - a + c
/// (3CosAdd of unit vectors; excluding a, b and c), by ": name" section; gensim's evaluate_word_analogies, in
/// batched matrix products. Throws Error naming file and line, and for options out of range.
WARP2VEC_EXPORT AnalogyResult evaluate_analogies(const KeyedVectors& space, const std::string& path,
                                                 const EvaluateOptions& options);

}  // namespace warp2vec
