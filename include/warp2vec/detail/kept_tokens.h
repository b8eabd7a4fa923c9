#pragma once
/// The tokens of one epoch that subsampling keeps, addressed by their ordinal.

#include <warp2vec/detail/examples.h>
#include <warp2vec/export.h>
#include <warp2vec/token_stream.h>

#include <cstdint>
#include <span>
#include <vector>

namespace warp2vec {

/// Owns the arrays of a KeptView.
struct KeptSpan {
  std::int64_t first = 0;
  std::vector<WordId> words;
  std::vector<std::int64_t> positions;
  std::vector<std::int64_t> segments;

  std::int64_t size() const { return static_cast<std::int64_t>(words.size()); }
  WordId word(std::int64_t i) const { return words[static_cast<std::size_t>(i)]; }
  std::int64_t position(std::int64_t i) const { return positions[static_cast<std::size_t>(i)]; }
  KeptView view() const { return {first, size(), words.data(), positions.data(), segments.data()}; }

  /// See KeptView.
  using Range = KeptRange;
  Range around(std::int64_t i, std::int32_t width) const { return view().around(i, width); }
};

/// A sum over consecutive tokens.
struct KeptCount {
  std::uint32_t kept;
  std::uint32_t in_sentence;  ///< those after the last sentence end
  bool has_end;               ///< a sentence ends among the tokens
};

/// One epoch's kept tokens. Sentences are split into segments of at most max_sentence kept words (0 = never).
/// Which tokens are kept, their ordinals and segments depend only on (seed, epoch, corpus, sample,
/// max_sentence).
class WARP2VEC_EXPORT KeptTokens {
 public:
  /// Counts the kept tokens on `threads` threads; about 2 ns per token. The references outlive this object.
  KeptTokens(const TokenSource& tokens, const std::vector<std::uint32_t>& keep_thresholds, Draws draws,
             std::int64_t max_sentence, int threads);
  /// The same from given counts, one per kChunk consecutive tokens.
  KeptTokens(const TokenSource& tokens, const std::vector<std::uint32_t>& keep_thresholds, Draws draws,
             std::int64_t max_sentence, std::span<const KeptCount> counts);

  const Draws& draws() const { return draws_; }
  /// Number of kept tokens in the epoch.
  std::int64_t size() const { return size_; }
  /// Number of tokens before subsampling.
  std::int64_t tokens() const { return tokens_->tokens(); }
  /// Reading starts at multiples of kChunk positions.
  static constexpr std::int64_t kChunk = 1024;
  struct Start {
    std::int64_t position = 0;
    std::int64_t ordinal = 0;      ///< kept tokens of the epoch before `position`
    std::int64_t in_sentence = 0;  ///< those in the sentence of the token at `position`
  };
  /// The start at `position`, a multiple of kChunk below tokens().
  Start start_at(std::int64_t position) const;
  /// The last start at or before kept token `ordinal`, in [0, size()).
  Start start_before(std::int64_t ordinal) const;
  /// Kept tokens [first, last) clipped to [0, size()). Throws Error like read_checked(), and if the tokens
  /// are not those that were counted.
  void read(std::int64_t first, std::int64_t last, KeptSpan& out) const;
  /// Position of kept token `ordinal` in the token stream; tokens() for ordinal >= size().
  std::int64_t position_of(std::int64_t ordinal) const;

 private:
  std::size_t chunk_of(std::int64_t ordinal) const;
  std::int64_t kept_in(std::size_t chunk) const;

  struct Chunk {                    // of kChunk tokens
    std::int64_t kept_before;       // kept tokens of the epoch before the chunk
    std::int64_t kept_in_sentence;  // those in the sentence of the chunk's first token
  };
  const TokenSource* tokens_;
  std::span<const std::uint32_t> thresholds_;
  Draws draws_;
  std::int64_t max_sentence_;
  std::int64_t size_ = 0;
  std::vector<Chunk> chunks_;
};

}  // namespace warp2vec
