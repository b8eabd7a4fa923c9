#pragma once
/// Readers of the single vector formats; load_vectors chooses among them. All throw Error naming the file and
/// line or offset. None checks that words are unique: load_vectors does, for all of them.

#include <warp2vec/word_vectors.h>

#include "host/files/vector_source.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace warp2vec {

/// The first line of word2vec files, as it stands there: nothing says that the file has so many vectors.
struct CountsHeader {
  std::int64_t rows = 0;  ///< >= 1
  std::int32_t dim = 0;   ///< >= 1
  std::size_t size = 0;   ///< bytes of the line with its newline
};

/// Where a row of a word2vec binary file stands in it.
struct BinaryRow {
  std::string_view word;
  std::size_t values;  ///< offset
};

/// Walks over the rows of a word2vec binary file: word, space, values, with a newline after every row
/// (word2vec.c), between the rows, or none (gensim); one may also stand before the first. Throws unless they
/// fit the file to the byte; the values are not looked at.
std::vector<BinaryRow> find_binary_rows(const VectorSource& source, const CountsHeader& header);

WordVectors read_binary_vectors(const VectorSource& source, const std::vector<BinaryRow>& rows,
                                std::int32_t dim);

/// word2vec text if there is a header, else GloVe text. One space stands between fields and a newline after
/// every line; spaces or a carriage return before the newline are passed over.
WordVectors read_text_vectors(const VectorSource& source, const std::optional<CountsHeader>& header);

/// `source` and the words of PATH.vocab.
WordVectors read_npy_vectors(const VectorSource& source);

}  // namespace warp2vec
