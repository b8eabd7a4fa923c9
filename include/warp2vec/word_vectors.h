#pragma once
/// Word vectors and their file formats.

#include <warp2vec/embeddings.h>
#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/vocabulary.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// Vectors of words that are not among those of a fastText model: the means of their subwords, as fastText
/// computes them. They are read from the model's file, which stays open, as they are asked for. May be used
/// by several threads at a time.
class WARP2VEC_EXPORT SubwordVectors {
 public:
  virtual ~SubwordVectors();
  SubwordVectors(const SubwordVectors&) = delete;
  SubwordVectors& operator=(const SubwordVectors&) = delete;

  /// As many values as the model's vectors have; nothing if `word` has no subwords. Throws Error naming the
  /// file if it cannot be read or has changed, or if a value is not finite.
  virtual std::optional<std::vector<float>> vector(std::string_view word) const = 0;

 protected:
  SubwordVectors() = default;
};

/// Words and their vectors, row i for word i, in file order (by decreasing frequency, as all trainers write
/// them).
struct WordVectors {
  std::vector<std::string> words;
  Matrix vectors;                      ///< words.size() x dim
  std::vector<std::int64_t> counts{};  ///< how often each word occurs; empty if that is not known
  std::int64_t repeated = 0;           ///< vectors of the file that were left out: their words came before
  std::shared_ptr<const SubwordVectors> subwords{};  ///< of other words; null if none, or if limited

  std::int64_t size() const { return vectors.rows(); }
  std::int32_t dim() const { return vectors.cols(); }
};

enum class VectorFormat {
  binary,       ///< word2vec binary: "V D\n"; per row: word, ' ', D little-endian float32, '\n'
  text,         ///< word2vec text: "V D\n"; per row: word and D numbers separated by one space
  glove,        ///< word2vec text without the first line
  npy,          ///< PATH (NumPy .npy version 1, '<f4' or '<f2', C order, V x D) and PATH.vocab (one word per
                ///< line; "word count" lines if counts are known)
  safetensors,  ///< tensors "vectors" (F32 or F16, V x D), "words" (U8: UTF-8, joined by newlines) and, if
                ///< counts are known, "counts" (I64)
  tensorboard   ///< projector: PATH.vectors.tsv and PATH.metadata.tsv (one word per line, no header)
};

/// "binary", "text", "glove", "npy", "safetensors" or "tensorboard". Throws Error for anything else.
WARP2VEC_EXPORT VectorFormat parse_vector_format(const std::string& text);
WARP2VEC_EXPORT std::string to_string(VectorFormat format);

/// Which vectors of a trained model are written: those of words as contexts, which are the usual ones, those
/// of words as targets (word2vec.c's syn1neg; not learnt by hierarchical softmax alone), the sum of both, or
/// both one after the other, with twice as many values.
enum class VectorChoice { input, output, sum, concat };

/// "input", "output", "sum" or "concat". Throws Error for anything else.
WARP2VEC_EXPORT VectorChoice parse_vector_choice(const std::string& text);
WARP2VEC_EXPORT std::string to_string(VectorChoice choice);

/// How vectors are written.
struct VectorOutput {
  VectorFormat format = VectorFormat::binary;
  bool half = false;  ///< as float16, rounded to the nearest: npy and safetensors only
  VectorChoice choice = VectorChoice::input;

  VectorOutput() = default;
  VectorOutput(VectorFormat of) : format(of) {}  // NOLINT(google-explicit-constructor): mostly it is all
};

struct LoadOptions {
  std::int64_t limit = 0;  ///< only the first vectors of the file, so many; 0 = all
};

/// Reads binary, text, glove, npy or safetensors vectors, or those of a fastText model's words (.bin), plain
/// or compressed (gzip, zstd, bzip2, xz); format and compression are detected from the content. Strict: the
/// file's size must match the header to the byte, words must be non-empty, numbers finite (what is too small
/// for a float is 0). Of a word's several vectors the first is read. Throws Error naming file and offset or
/// line, and what to do for files of other kinds. Sizes are checked against the file's size before any
/// allocation.
WARP2VEC_EXPORT WordVectors load_vectors(const std::string& path, const LoadOptions& options = {});

/// What a file of vectors has.
struct VectorFileSummary {
  std::int64_t size = 0;  ///< words
  std::int32_t dim = 0;
  std::int64_t repeated = 0;  ///< as WordVectors::repeated
};

/// Reads and checks as load_vectors(), but hands the vectors to `take` one after the other instead of keeping
/// them, so that the file may be larger than memory. `take` gets a word and its values, which are valid
/// during the call.
WARP2VEC_EXPORT VectorFileSummary
scan_vectors(const std::string& path, const LoadOptions& options,
             const std::function<void(std::string_view word, std::span<const float> values)>& take);

/// Writes vectors atomically (a temporary file beside it, fsync, rename, fsync of the folder); text formats
/// use the fewest digits that read back to the same float. binary, text and glove are compressed if the path
/// ends in .gz, .zst, .bz2 or .xz. Throws Error naming the file; nothing is left under the final name then.
/// Words with spaces or tabs can be written only as npy and safetensors, those with spaces also as
/// tensorboard.
WARP2VEC_EXPORT void save_vectors(const WordVectors& vectors, const std::string& path,
                                  const VectorOutput& output);

/// The same for the rows of `vectors` in vocabulary order, with the vocabulary's counts.
WARP2VEC_EXPORT void save_vectors(const Vocabulary& vocabulary, const Matrix& vectors,
                                  const std::string& path, const VectorOutput& output);
/// The same for a trained model, of its first `limit` words, the most frequent ones, 0 = all. Throws Error
/// also for vectors that it does not have.
WARP2VEC_EXPORT void save_vectors(const Vocabulary& vocabulary, const Embeddings& embeddings,
                                  const std::string& path, const VectorOutput& output,
                                  std::int64_t limit = 0);

/// The same for a vocabulary of ids: row i is that of id i, with its decimal digits as the word, for each of
/// `num_ids` ids, 0 = up to the highest. Rows of ids that are not in the vocabulary are zero, and so are
/// their counts. Throws Error like rows_of_ids(), too.
WARP2VEC_EXPORT void save_vectors_of_ids(const Vocabulary& vocabulary, const Embeddings& embeddings,
                                         std::int64_t num_ids, const std::string& path,
                                         const VectorOutput& output);

/// "0", "1", ..., the words of `num_ids` ids.
WARP2VEC_EXPORT std::vector<std::string> decimal_ids(std::int64_t num_ids);

}  // namespace warp2vec
