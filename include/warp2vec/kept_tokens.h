#pragma once
/// The tokens of one epoch that subsampling keeps, addressed by their ordinal.

#include <warp2vec/examples.h>
#include <warp2vec/token_stream.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace warp2vec {

/// Consecutive kept tokens as parallel arrays; element i has the ordinal first + i.
struct KeptSpan {
  std::int64_t first = 0;
  std::vector<WordId> words;
  std::vector<std::int64_t> positions;  ///< in the token stream
  std::vector<std::int64_t>
      pieces;  ///< ordinal of the first kept token of its sentence piece: windows stay inside

  std::int64_t size() const { return static_cast<std::int64_t>(words.size()); }

  /// Elements [begin, end) within `width` of element i and in its piece; i itself is among them.
  struct Range {
    std::int64_t begin;
    std::int64_t end;
  };
  Range around(std::int64_t i, std::int32_t width) const {
    const std::int64_t piece = pieces[static_cast<std::size_t>(i)];
    const std::int64_t begin = std::max({std::int64_t{0}, i - width, piece - first});
    std::int64_t end = std::min(size(), i + width + 1);
    while (pieces[static_cast<std::size_t>(end - 1)] != piece) --end;
    return {begin, end};
  }
};

/// One epoch's kept tokens. A sentence is cut into pieces of max_sentence kept words (0 = never). Which
/// tokens are kept, their ordinals and pieces are a function of (seed, epoch, corpus, sample, max_sentence)
/// alone.
class KeptTokens {
 public:
  /// Counts the kept tokens on `threads` threads; about 3 ns a token. The references outlive this object.
  KeptTokens(const TokenStream& tokens, const std::vector<std::uint32_t>& keep_thresholds, Draws draws,
             std::int64_t max_sentence, int threads);

  const Draws& draws() const { return draws_; }
  /// Number of kept tokens in the epoch.
  std::int64_t size() const { return size_; }
  /// Number of tokens before subsampling.
  std::int64_t tokens() const { return tokens_->tokens(); }
  /// Kept tokens [first, last) clipped to [0, size()).
  void read(std::int64_t first, std::int64_t last, KeptSpan& out) const;
  /// Position in the token stream up to which tokens [0, ordinal) reach; tokens() for ordinal >= size().
  std::int64_t position_of(std::int64_t ordinal) const;

 private:
  std::size_t block_of(std::int64_t ordinal) const;

  struct Block {                    // of kBlock tokens
    std::int64_t kept_before;       // kept tokens of the epoch before the block
    std::int64_t kept_in_sentence;  // of them in the sentence that the block's first token belongs to
  };
  const TokenStream* tokens_;
  const std::uint32_t* thresholds_;
  Draws draws_;
  std::int64_t max_sentence_;
  std::int64_t size_ = 0;
  std::vector<Block> blocks_;
};

}  // namespace warp2vec
