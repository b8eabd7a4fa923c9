#pragma once
/// Word vectors and their file formats.

#include <warp2vec/embeddings.h>
#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/vocabulary.h>

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec {

/// Words and their vectors, row i for word i, in file order (by decreasing frequency, as all trainers write
/// them).
struct WordVectors {
  std::vector<std::string> words;
  Matrix vectors;  ///< words.size() x dim

  std::int64_t size() const { return vectors.rows(); }
  std::int32_t dim() const { return vectors.cols(); }
};

enum class VectorFormat {
  binary,      ///< word2vec binary: "V D\n"; per row: word, ' ', D little-endian float32, '\n'
  text,        ///< word2vec text: "V D\n"; per row: word and D numbers separated by one space
  glove,       ///< word2vec text without the first line
  npy,         ///< PATH (NumPy .npy version 1, '<f4', C order, V x D) and PATH.vocab (one word per line)
  tensorboard  ///< projector: PATH.vectors.tsv and PATH.metadata.tsv (one word per line, no header)
};

/// "binary", "text", "glove", "npy" or "tensorboard". Throws Error for anything else.
WARP2VEC_EXPORT VectorFormat parse_vector_format(const std::string& text);
WARP2VEC_EXPORT std::string to_string(VectorFormat format);

/// Reads binary, text, glove or npy vectors; the format is detected from the content. Strict: the file's size
/// must match the header to the byte, words must be non-empty and unique, numbers finite. Throws Error naming
/// file and offset or line. Sizes are checked against the file's size before any allocation.
WARP2VEC_EXPORT WordVectors load_vectors(const std::string& path);

/// Writes the vectors of `words` atomically (a temporary file beside it, fsync, rename, fsync of the folder);
/// text formats use the fewest digits that read back to the same float. Throws Error naming the file; nothing
/// is left under the final name then.
WARP2VEC_EXPORT void save_vectors(const WordVectors& vectors, const std::string& path, VectorFormat format);

/// The same for a trained model: the rows of `input` in vocabulary order.
WARP2VEC_EXPORT void save_vectors(const Vocabulary& vocabulary, const Matrix& input, const std::string& path,
                                  VectorFormat format);

/// The same for a vocabulary of ids: row i is that of id i, with its decimal digits as the word, for each of
/// `num_ids` ids, 0 = up to the highest. Rows of ids that are not in the vocabulary are zero. Throws Error
/// like rows_of_ids(), too.
WARP2VEC_EXPORT void save_vectors_of_ids(const Vocabulary& vocabulary, const Matrix& input,
                                         std::int64_t num_ids, const std::string& path, VectorFormat format);

/// "0", "1", ..., the words of `num_ids` ids.
WARP2VEC_EXPORT std::vector<std::string> decimal_ids(std::int64_t num_ids);

}  // namespace warp2vec
