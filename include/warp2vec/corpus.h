#pragma once
/// Turns text, from files or standard input, into a vocabulary and a stream of word ids.

#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/ranks.h>
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

/// Words that are ids: integers from 0 that number items, nodes, ...
struct IdInput {
  /// Texts hold ids in decimal ("17": no sign, no zero in front); anything else is an error. NumPy arrays
  /// always hold ids.
  bool text = false;
  /// All ids are below this, at most kMaxVocabulary. 0 = below 2^24, or 8 times the number of words where
  /// that is more: an id is the number of a row, so that sparse ids would be matrices of nothing.
  std::int64_t num_ids = 0;
};

/// The input of a run: plain, gzip, zstd, bzip2 or xz files (recognised by their first bytes, not by name),
/// in order. Tokens are separated by ASCII white space, and on request by that of Unicode; a newline or the
/// end of a file ends a sentence. All other bytes are part of words, unchanged; a UTF-8 byte-order mark at
/// the start of a file is skipped.
///
/// Or NumPy arrays of ids (.npy version 1.0, '<i4' or '<i8', in C order), of one dimension or two. Negative
/// values are no ids: one ends a sentence, and so does the end of a row or of the file.
class WARP2VEC_EXPORT Corpus {
 public:
  /// A file in a folder that is no text.
  struct NotRead {
    std::string path;
    std::string kind;  ///< "vectors", "a model", ...
  };

  /// `inputs`: files, folders (all regular files in them, recursively, sorted by path, without hidden ones,
  /// what killed runs left, and not_read()) and "-" for standard input, which is first copied to an unnamed
  /// temporary file, since the text is read twice: in `scratch_folder`, or that for temporary files ($TMPDIR,
  /// or /tmp) if it is "". `outputs`: files that will be written, and are not read if they are in a folder.
  /// `unicode_spaces`: white space outside ASCII (no-break spaces, ideographic ones, ...) separates tokens,
  /// too. Throws Error naming an input that does not exist, cannot be read, is binary or a file that this
  /// library writes, a folder without files, or arrays beside texts that hold no ids.
  explicit Corpus(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs = {},
                  const std::string& scratch_folder = "", const IdInput& ids = {},
                  bool unicode_spaces = false);
  ~Corpus();
  Corpus(Corpus&&) noexcept;
  Corpus& operator=(Corpus&&) noexcept;

  /// Bytes on disk; compressed files count as compressed.
  std::int64_t bytes() const;
  /// Words that the text has at most: one in two bytes; of compressed files, more than any that is not made
  /// up of repetitions.
  std::int64_t max_tokens() const;

  /// What was left out in folders: vectors, models, checkpoints, encoded corpora and metrics, which this
  /// library writes, archives, binary data and the like, known by their content. Without `outputs`.
  const std::vector<NotRead>& not_read() const { return not_read_; }
  /// Files that are read as text, but look like JSON Lines, whose syntax would become words.
  const std::vector<std::string>& json_lines() const { return json_lines_; }

  bool unicode_spaces() const { return unicode_spaces_; }

  /// Whether the words are ids: IdInput::text, or arrays.
  bool has_ids() const { return has_ids_; }
  std::int64_t num_ids() const { return num_ids_; }  ///< IdInput::num_ids

  struct File;  // host/text/text_files.h
  const std::vector<File>& files() const { return files_; }

 private:
  Corpus();
  friend Corpus corpus_of(const class ScratchFile& text, const std::string& name);  // host/text/text_files.h

  std::vector<File> files_;
  std::vector<NotRead> not_read_;
  std::vector<std::string> json_lines_;
  bool unicode_spaces_ = false;
  bool has_ids_ = false;
  std::int64_t num_ids_ = 0;
};

/// Memory for counting words.
struct CountMemory {
  /// About how much the counts may take; more is written to a scratch file. 0 = no limit.
  std::int64_t bytes = 0;
  /// How much the vocabulary may take in the end, and while it is put together; more is an error. 0 = no
  /// limit.
  std::int64_t vocabulary_bytes = 0;
  /// Of the scratch file; "" = that for temporary files ($TMPDIR, or /tmp).
  std::string scratch_folder = {};
};

/// The result of counting the whole text.
struct CorpusCounts {
  Vocabulary vocabulary;
  std::int64_t tokens = 0;  ///< all tokens, in the vocabulary or not
  std::int64_t types = 0;   ///< all distinct words, before min_count and max_vocab
  std::int64_t max_sentences =
      0;                          ///< at least as many as have a word, and at most one in each line and chunk
  std::int64_t invalid_utf8 = 0;  ///< tokens that are not valid UTF-8 (kept unchanged)
  std::int64_t unicode_spaces = 0;  ///< tokens with white space outside ASCII (kept unchanged)
  std::int64_t spilled_bytes = 0;   ///< written to the scratch file, see CountMemory
  std::int64_t num_ids = 0;         ///< of ids: as given, or 1 more than the highest; of words 0
};

/// Counts every word exactly, with any number of types. Words with equal counts keep the order of their first
/// occurrences, as in word2vec.c and gensim: words that first occur together are neighbours in the Huffman
/// tree, as they are in word2vec.c's (benchmarks/README.md, "The order of words with equal counts"). The
/// result depends neither on `threads` nor on `memory`. Ids are counted in an array, without `memory`; the
/// vocabulary is that of the same ids as words. Throws Error for a NUL byte (naming file and offset), a
/// damaged compressed file, what is no id (naming file and line, or the place in an array), a text in which
/// no word is frequent enough, or a scratch file that cannot be written.
///
/// `ranks`: null, or those that have the same corpus and divide it, each counting its share; all get the same
/// result. A word is added up by one of them, so that none holds all words that are too rare; ids are added
/// up by all. Compressed files are not divided: each is counted whole by one rank.
WARP2VEC_EXPORT CorpusCounts count_words(const Corpus& corpus, std::int64_t min_count, std::int64_t max_vocab,
                                         int threads, const ReadProgress& progress = {},
                                         const CountMemory& memory = {}, Ranks* ranks = nullptr);

/// The corpus as word ids, without words that are not in the vocabulary. Memory for `max_sentences` of them
/// is reserved, so that it does not grow as they are read; there may be more. The result does not depend on
/// `threads`. Throws like count_words(), if no token is in the vocabulary, and for a corpus of ids if a word
/// of the vocabulary is no id. `ranks`: as of count_words(); each encodes its share, and all get the ids of
/// all.
WARP2VEC_EXPORT TokenStream encode(const Corpus& corpus, const Vocabulary& vocabulary, int threads,
                                   const ReadProgress& progress = {}, std::int64_t max_sentences = 0,
                                   Ranks* ranks = nullptr);

/// The same, without holding the ids in memory: `sink` receives them, one call at a time.
WARP2VEC_EXPORT void encode(const Corpus& corpus, const Vocabulary& vocabulary, int threads, TokenSink& sink,
                            const ReadProgress& progress = {});

}  // namespace warp2vec
