#pragma once
/// Readers of the individual vector formats, among which load_vectors selects. All throw Error naming the
/// file and line or offset. load_vectors checks that words are unique.

#include <warp2vec/word_vectors.h>

#include "host/files/vector_source.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace warp2vec {

/// The first line of word2vec files, not yet checked against the rest of the file.
struct CountsHeader {
  std::int64_t rows = 0;  ///< >= 1
  std::int32_t dim = 0;   ///< >= 1
  std::size_t size = 0;   ///< bytes of the line, including its newline
};

/// Location of a row in a word2vec binary file.
struct BinaryRow {
  std::string_view word;
  std::size_t values;  ///< offset
};

/// Locates the rows of a word2vec binary file: word, space, values, with a newline after every row
/// (word2vec.c), between the rows, or none (gensim), and optionally one before the first. Throws unless they
/// match the file's size to the byte; the values are not checked.
std::vector<BinaryRow> find_binary_rows(const VectorSource& source, const CountsHeader& header);

WordVectors read_binary_vectors(const VectorSource& source, const std::vector<BinaryRow>& rows,
                                std::int32_t dim);

/// word2vec text if there is a header, else GloVe text. Fields are separated by one space, and every line
/// ends with a newline; spaces or a carriage return before the newline are ignored.
WordVectors read_text_vectors(const VectorSource& source, const std::optional<CountsHeader>& header);

/// Reads `source`, and the words of PATH.vocab.
WordVectors read_npy_vectors(const VectorSource& source);

}  // namespace warp2vec
