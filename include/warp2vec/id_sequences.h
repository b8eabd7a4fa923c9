#pragma once
/// Sequences of ids in memory, in place of a Corpus: sessions of items, walks on a graph, ...

#include <warp2vec/corpus.h>
#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/token_stream.h>
#include <warp2vec/vocabulary.h>

#include <cstdint>
#include <span>
#include <variant>

namespace warp2vec {

/// A view of sequences of ids, integers from 0, in arrays that are not copied and must outlive it.
class WARP2VEC_EXPORT IdSequences {
 public:
  using Integers = std::variant<std::span<const std::int32_t>, std::span<const std::int64_t>>;

  /// Sequence i is indices[offsets[i]] up to indices[offsets[i + 1]], without that: the two arrays of a
  /// matrix in CSR form, as SciPy's indices and indptr. Throws Error unless `offsets` has a value, begins
  /// with 0, does not decrease, and ends with the number of indices.
  static IdSequences csr(const Integers& indices, const Integers& offsets);

  /// Each row of a matrix in C order is a sequence; values that are negative or `padding` are no ids, and end
  /// a sequence where they stand between ids. Throws Error unless `values` has rows * columns elements.
  static IdSequences padded(const Integers& values, std::int64_t rows, std::int64_t columns,
                            std::int64_t padding = -1);

  /// Negative values are no ids, and end a sequence.
  static IdSequences separated(const Integers& values);

  struct Reader;  // host/sequences/id_sequences.cpp

 private:
  Integers values_;
  Integers offsets_;           // of CSR; else empty
  std::int64_t columns_ = 0;   // of a matrix; else 0
  std::int64_t padding_ = -1;  // of a matrix
};

/// As count_words() of a corpus of ids; `num_ids`: see IdInput. Throws Error naming its place for a value
/// that is no id, if there is no id, or if none is frequent enough.
WARP2VEC_EXPORT CorpusCounts count_words(const IdSequences& sequences, std::int64_t min_count,
                                         std::int64_t max_vocab, std::int64_t num_ids = 0);

/// The sequences as word ids: rows of the vocabulary, which is in the order of counts. Ids that are not in it
/// are left out. Throws Error naming its place for a value that is no id, if no id is in the vocabulary, and
/// for a word of the vocabulary that is no id.
WARP2VEC_EXPORT TokenStream encode(const IdSequences& sequences, const Vocabulary& vocabulary);

/// The same, without holding the result in memory; as one file named "the sequences".
WARP2VEC_EXPORT void encode(const IdSequences& sequences, const Vocabulary& vocabulary, TokenSink& sink);

}  // namespace warp2vec
