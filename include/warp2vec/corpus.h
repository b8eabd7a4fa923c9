#pragma once
/// Text on disk or standard input, and what is made of it: a vocabulary and a stream of word ids.

#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/token_stream.h>
#include <warp2vec/vocabulary.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace warp2vec {

/// Progress callback, called periodically and never concurrently: bytes of input read so far (of
/// Corpus::bytes()) and tokens seen.
using ReadProgress = std::function<void(std::int64_t bytes, std::int64_t tokens)>;

/// The input of a run: plain, gzip, zstd, bzip2 or xz files (told by their first bytes, not by name), in
/// order. Tokens are split at ASCII white space; a newline or the end of a file ends a sentence. All other
/// bytes belong to words as they are; a UTF-8 byte-order mark at a file's start is skipped.
class WARP2VEC_EXPORT Corpus {
 public:
  /// `inputs`: files, folders (all regular files below them, by path; hidden ones left out) and "-" for
  /// standard input, which is copied to an unnamed temporary file first, since the text is read twice. Throws
  /// Error naming an input that does not exist, cannot be read, or a folder without files.
  explicit Corpus(const std::vector<std::string>& inputs);
  ~Corpus();
  Corpus(Corpus&&) noexcept;
  Corpus& operator=(Corpus&&) noexcept;

  /// Bytes on disk, compressed files as they are.
  std::int64_t bytes() const;

  struct File;  // host/text/text_files.h
  const std::vector<File>& files() const { return files_; }

 private:
  std::vector<File> files_;
};

/// What counting saw of the whole text.
struct CorpusCounts {
  Vocabulary vocabulary;
  std::int64_t tokens = 0;        ///< all tokens, in the vocabulary or not
  std::int64_t types = 0;         ///< all distinct words, before min_count and max_vocab
  std::int64_t invalid_utf8 = 0;  ///< tokens that are not valid UTF-8 (kept byte for byte)
};

/// Counts every word exactly, with any number of types. Words of equal counts are in the order of their first
/// places in the text, as in word2vec.c and gensim: those that came up together are neighbours in the Huffman
/// tree, as they are in word2vec.c's (benchmarks/README.md, "The order of words with equal counts"). The
/// result does not depend on `threads`. Throws Error for a NUL byte (file and offset), a damaged compressed
/// file, or a text without a word that is frequent enough.
WARP2VEC_EXPORT CorpusCounts count_words(const Corpus& corpus, std::int64_t min_count, std::int64_t max_vocab,
                                         int threads, const ReadProgress& progress = {});

/// The corpus as word ids; words outside the vocabulary are left out. The result does not depend on
/// `threads`. Throws as count_words does, and if no token is in the vocabulary.
WARP2VEC_EXPORT TokenStream encode(const Corpus& corpus, const Vocabulary& vocabulary, int threads,
                                   const ReadProgress& progress = {});

}  // namespace warp2vec
