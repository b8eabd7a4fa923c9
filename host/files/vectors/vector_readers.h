#pragma once
/// Readers of the individual vector formats, among which load_vectors selects. All throw Error naming the
/// file and line or offset. Sizes are checked against the file's before anything is allocated for them.

#include <warp2vec/word_vectors.h>

#include "host/files/vector_source.h"
#include "host/io/input_file.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace warp2vec {

/// The words of a file, and access to their values, which are read only when they are asked for.
class VectorTable {
 public:
  virtual ~VectorTable() = default;
  VectorTable(const VectorTable&) = delete;
  VectorTable& operator=(const VectorTable&) = delete;

  std::int64_t size() const { return std::ssize(words_); }
  std::int32_t dim() const { return dim_; }
  /// May be equal. Valid while the table and the file's bytes live.
  std::string_view word(std::int64_t row) const { return words_[static_cast<std::size_t>(row)]; }
  /// Writes the dim() values of a row. Throws Error naming one that is not a finite number.
  virtual void copy(std::int64_t row, float* to) const = 0;
  /// How often each word occurs; empty if the file does not say.
  virtual std::vector<std::int64_t> counts() const { return {}; }
  /// Vectors of other words, to be read from `file`, which has the same bytes; null if there are none.
  virtual std::shared_ptr<const SubwordVectors> subwords(std::shared_ptr<const InputFile> /*file*/) const {
    return nullptr;
  }

 protected:
  VectorTable(std::vector<std::string_view> words, std::int32_t dim) : words_(std::move(words)), dim_(dim) {}

  std::vector<std::string_view> words_;
  std::int32_t dim_;
};

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

/// Locates the rows of a word2vec binary file: word, space, values; before a word and after the last row
/// there may be a newline (word2vec.c writes it, gensim does not). Throws unless they match the file's size
/// to the byte; the values are not checked. Only the first `limit` rows are located, 0 = all.
///
/// A word ends at its first space, unless a later one fits better: words of gensim may contain spaces. That
/// they do is seen from the row that follows from the first space: its values would be letters, or bytes out
/// of place, the next word would begin with those, and a newline would be missing. Throws if several ends fit
/// equally well, which happens with a few values per vector only.
std::vector<BinaryRow> find_binary_rows(const VectorSource& source, const CountsHeader& header,
                                        std::int64_t limit = 0);

std::unique_ptr<VectorTable> binary_table(const VectorSource& source, const std::vector<BinaryRow>& rows,
                                          std::int32_t dim);

/// word2vec text if there is a header, else GloVe text. A line is a word and its values, separated by spaces
/// or tabs; blanks at its end and empty lines at the file's end are skipped. The word may contain spaces: the
/// number of values is that of the header or, without one, of most lines (the smaller of two). Every line
/// ends with a newline: the last one would be the sign of a truncated file.
std::unique_ptr<VectorTable> text_table(const VectorSource& source, const std::optional<CountsHeader>& header,
                                        std::int64_t limit);

/// An array of float16, float32 or float64, and the words of PATH.vocab: one per line, or "word count" lines.
std::unique_ptr<VectorTable> npy_table(const VectorSource& source);

/// Whether these bytes begin as a safetensors file does.
bool is_safetensors(std::string_view bytes);

/// The tensors "vectors" and "words" of save_vectors(), and "counts" if it is there.
std::unique_ptr<VectorTable> safetensors_table(const VectorSource& source);

/// Whether these bytes begin as fastText's own format does, a model (.bin) or a quantized one (.ftz).
bool is_fasttext(std::string_view bytes);

/// The words of a fastText model with their vectors: the mean of a word's row and of those of its subwords,
/// as fastText computes it, in float and in this order. Quantized models are refused.
std::unique_ptr<VectorTable> fasttext_table(const VectorSource& source);

}  // namespace warp2vec
