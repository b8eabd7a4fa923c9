#pragma once
/// Tokens in files: packed, see PackedToken.

#include <warp2vec/token_stream.h>

#include "host/io/input_file.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace warp2vec {

/// Packs runs of tokens that follow each other. Holds the last token of each run back: it may yet end a
/// sentence.
class TokenPacker {
 public:
  /// For the ids of `words` words.
  explicit TokenPacker(std::int64_t words = kMaxVocabulary) : words_(words) {}

  /// The bytes of tokens that are complete, of earlier runs and this one. Valid until the next call. Throws
  /// Error for a run that does not follow the last one, or has ids or ends that cannot be.
  std::string_view add(const TokenRun& run);
  /// The rest. A file ends with a sentence, so this is after the last run of each. Throws Error if it does
  /// not end here.
  std::string_view end_file(const EncodedFile& file);

  std::int64_t tokens() const { return tokens_; }

 private:
  std::int64_t words_;
  std::int64_t tokens_ = 0;
  std::vector<std::uint32_t> packed_;
  std::size_t returned_ = 0;  // tokens at the beginning of packed_ that the caller has got
};

/// Reads tokens [begin, end) of `tokens` as they are in `file`, where token 0 is at byte `offset`. False if
/// the file ends before. Throws Error for others.
bool load_tokens(const InputFile& file, std::int64_t offset, std::int64_t tokens, std::int64_t begin,
                 std::int64_t end, TokenBuffer& buffer);

/// Unpacks what load_tokens() has read; `highest` is set to the largest id, 0 without any.
TokenRun unpack_tokens(std::int64_t begin, TokenBuffer& buffer, std::int64_t& highest);

}  // namespace warp2vec
