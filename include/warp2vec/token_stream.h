#pragma once
/// An encoded corpus: word ids and sentence ends, in memory or elsewhere.

#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {

/// A file that ids come from.
struct EncodedFile {
  std::string name;         ///< as the user gave it, for messages
  std::int64_t end = 0;     ///< its ids end before this one, and begin where those of the file before end
  std::int64_t tokens = 0;  ///< all of its words, in the vocabulary or not
};

/// Consecutive tokens.
struct TokenRun {
  std::span<const WordId> ids;
  std::span<const std::int64_t> ends;  ///< of sentences, as positions in the corpus: after which tokens
};

/// How many tokens are read at a time where all are: few enough for a cache.
inline constexpr std::int64_t kTokensAtATime = std::int64_t{1} << 16;

/// Where the tokens of a run are that a source does not have in memory.
struct TokenBuffer {
  std::vector<WordId> ids;
  std::vector<std::int64_t> ends;
};

/// The tokens of a corpus, in sentences that are not empty; the last token ends one. What a source of one's
/// own returns is checked whenever it is used: training throws Error for ids that are not in the vocabulary,
/// for ends that are not as they should be, and for tokens that have changed within an epoch.
class WARP2VEC_EXPORT TokenSource {
 public:
  virtual ~TokenSource() = default;

  virtual std::int64_t tokens() const = 0;
  /// In order, to the last token; empty if unknown.
  virtual std::span<const EncodedFile> files() const = 0;
  /// Tokens [begin, end), and the sentence ends in (begin, end]; 0 <= begin <= end <= tokens(). Valid until
  /// `buffer` is used again. May be called by several threads, each with its own buffer. Throws Error if the
  /// tokens cannot be read, or are not in the corpus; any exception is passed on to the caller of train().
  virtual TokenRun read(std::int64_t begin, std::int64_t end, TokenBuffer& buffer) const = 0;
};

/// A corpus in memory. Sentence i is ids[ends[i - 1] .. ends[i]), starting from 0. Ends are strictly
/// increasing; the last is ids.size().
class WARP2VEC_EXPORT TokenStream final : public TokenSource {
 public:
  TokenStream() = default;
  TokenStream(std::vector<WordId> ids_, std::vector<std::int64_t> ends_)
      : ids(std::move(ids_)), ends(std::move(ends_)) {}

  std::int64_t tokens() const override { return static_cast<std::int64_t>(ids.size()); }
  std::span<const EncodedFile> files() const override { return encoded_files; }
  TokenRun read(std::int64_t begin, std::int64_t end, TokenBuffer& buffer) const override;

  std::vector<WordId> ids;
  std::vector<std::int64_t> ends;
  std::vector<EncodedFile> encoded_files;  ///< see files()
};

/// Receives the tokens of a corpus in order, as encode() produces them.
class WARP2VEC_EXPORT TokenSink {
 public:
  virtual ~TokenSink() = default;
  /// The first of `run.ends` may be where the run begins: only now is it known that a sentence ended there.
  virtual void add(const TokenRun& run) = 0;
  /// After the last token of each file, whose `end` is that of the tokens so far.
  virtual void end_file(const EncodedFile& file) = 0;
};

}  // namespace warp2vec
