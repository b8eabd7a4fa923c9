#pragma once
/// What an encoded text is known by.

#include <warp2vec/export.h>
#include <warp2vec/token_stream.h>

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec {

/// Identifies an encoded text: it changes with any word of the vocabulary, with their order, and with the
/// ends of sentences, but not with file names.
struct TextFingerprint {
  struct File {
    std::string name;            ///< for messages
    std::int64_t tokens = 0;     ///< all words
    std::int64_t ids = 0;        ///< words that are in the vocabulary
    std::int64_t sentences = 0;  ///< sentences with such a word
    std::uint32_t crc = 0;       ///< CRC-32 of the ids and of the ends of sentences
  };
  std::vector<File> files;  ///< at least one
};

/// Takes the fingerprint of the tokens that it receives.
class WARP2VEC_EXPORT FingerprintSink final : public TokenSink {
 public:
  /// The first token has the position `begin`.
  explicit FingerprintSink(std::int64_t begin = 0) : file_begin_(begin) {}

  void add(const TokenRun& run) override;
  void end_file(const EncodedFile& file) override;
  /// Of the files that have ended.
  const TextFingerprint& text() const { return text_; }

 private:
  TextFingerprint text_;
  std::int64_t file_begin_;
  // Of the file that has not ended:
  std::int64_t sentences_ = 0;
  std::uint32_t ids_crc_ = 0;
  std::uint32_t ends_crc_ = 0;
};

/// Uses up to `threads` threads, one per file. Tokens without files count as one file. Throws Error if the
/// files do not end in order and with the last token, and for ids and ends that cannot be.
WARP2VEC_EXPORT TextFingerprint fingerprint_of(const TokenSource& tokens, int threads);

}  // namespace warp2vec
