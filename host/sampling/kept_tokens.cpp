#include <warp2vec/detail/checked_tokens.h>
#include <warp2vec/detail/kept_tokens.h>
#include <warp2vec/error.h>

#include "host/io/parallel.h"
#include "host/sampling/simd_draws.h"

#include <span>
#include <string>

namespace warp2vec {
namespace {

constexpr std::int64_t kChunk = KeptTokens::kChunk;

// A chunk of tokens, and the offsets in it of those that are kept.
struct KeptChunk {
  TokenRun tokens;
  std::span<const std::int32_t> offsets;
};

class KeptChunks {
 public:
  KeptChunks(const TokenSource& tokens, std::span<const std::uint32_t> thresholds, const Draws& draws)
      : tokens_(tokens), thresholds_(thresholds), draws_(draws) {}

  /// The chunk that begins at `position`; valid until the next call.
  KeptChunk at(std::int64_t position) {
    const auto size = static_cast<std::int32_t>(std::min(kChunk, tokens_.tokens() - position));
    const TokenRun run = read_checked(tokens_, position, position + size, std::ssize(thresholds_), buffer_);
    simd::draw_indices(draws_, Stream::keep, static_cast<std::uint64_t>(position) / 4, (size + 3) / 4, u32_);
    const WordId* const ids = run.ids.data();
    const std::uint32_t* const thresholds = thresholds_.data();
    std::size_t kept = 0;
    // Branch-free, since whether a token is kept is unpredictable.
    for (std::int32_t i = 0; i < size; ++i) {
      offsets_[kept] = i;
      kept += u32_[i] <= thresholds[row_of(ids[i])] ? 1 : 0;
    }
    return {run, {offsets_, kept}};
  }

 private:
  const TokenSource& tokens_;
  std::span<const std::uint32_t> thresholds_;
  Draws draws_;
  TokenBuffer buffer_;
  std::uint32_t u32_[simd::room_for_blocks(kChunk / 4)];
  std::int32_t offsets_[kChunk];
};

std::vector<KeptCount> count_chunks(const TokenSource& tokens, std::span<const std::uint32_t> thresholds,
                                    const Draws& draws, int threads) {
  const std::int64_t chunks = (tokens.tokens() + kChunk - 1) / kChunk;
  std::vector<KeptCount> counts(static_cast<std::size_t>(chunks));
  constexpr std::int64_t kChunksPerTask = 256;
  parallel_for((chunks + kChunksPerTask - 1) / kChunksPerTask, threads, [&](std::int64_t task) {
    KeptChunks kept(tokens, thresholds, draws);
    const std::int64_t end_chunk = std::min(chunks, (task + 1) * kChunksPerTask);
    for (std::int64_t b = task * kChunksPerTask; b < end_chunk; ++b) {
      KeptCount& c = counts[static_cast<std::size_t>(b)];
      const auto [run, offsets] = kept.at(b * kChunk);
      c.has_end = !run.ends.empty();
      const std::int64_t last_end = c.has_end ? run.ends.back() - b * kChunk : 0;
      c.kept = static_cast<std::uint32_t>(offsets.size());
      c.in_sentence = static_cast<std::uint32_t>(offsets.end() -
                                                 std::lower_bound(offsets.begin(), offsets.end(), last_end));
    }
  });
  return counts;
}

}  // namespace

KeptTokens::KeptTokens(const TokenSource& tokens, const std::vector<std::uint32_t>& keep_thresholds,
                       Draws draws, std::int64_t max_sentence, int threads)
    : KeptTokens(tokens, keep_thresholds, draws, max_sentence,
                 count_chunks(tokens, keep_thresholds, draws, threads)) {}

KeptTokens::KeptTokens(const TokenSource& tokens, const std::vector<std::uint32_t>& keep_thresholds,
                       Draws draws, std::int64_t max_sentence, std::span<const KeptCount> counts)
    : tokens_(&tokens), thresholds_(keep_thresholds), draws_(draws), max_sentence_(max_sentence) {
  chunks_.reserve(counts.size());
  std::int64_t in_sentence = 0;
  for (const KeptCount& c : counts) {
    chunks_.push_back({size_, in_sentence});
    size_ += c.kept;
    in_sentence = c.has_end ? c.in_sentence : in_sentence + c.kept;
  }
}

std::size_t KeptTokens::chunk_of(std::int64_t ordinal) const {
  const auto after =
      std::upper_bound(chunks_.begin(), chunks_.end(), ordinal,
                       [](std::int64_t o, const Chunk& chunk) { return o < chunk.kept_before; });
  return static_cast<std::size_t>(after - chunks_.begin()) - 1;
}

std::int64_t KeptTokens::kept_in(std::size_t chunk) const {
  const std::int64_t end = chunk + 1 < chunks_.size() ? chunks_[chunk + 1].kept_before : size_;
  return end - chunks_[chunk].kept_before;
}

KeptTokens::Start KeptTokens::start_at(std::int64_t position) const {
  const Chunk& chunk = chunks_[static_cast<std::size_t>(position / kChunk)];
  return {position, chunk.kept_before, chunk.kept_in_sentence};
}

KeptTokens::Start KeptTokens::start_before(std::int64_t ordinal) const {
  return start_at(static_cast<std::int64_t>(chunk_of(ordinal)) * kChunk);
}

void KeptTokens::read(std::int64_t first, std::int64_t last, KeptSpan& out) const {
  first = std::clamp<std::int64_t>(first, 0, size_);
  last = std::clamp<std::int64_t>(last, first, size_);
  out.first = first;
  const auto size = static_cast<std::size_t>(last - first);
  out.words.resize(size);
  out.positions.resize(size);
  out.segments.resize(size);
  if (first == last) return;
  auto [begin, ordinal, in_sentence] = start_before(first);
  const std::int64_t longest_segment = max_sentence_ > 0 ? max_sentence_ : std::int64_t{1} << 62;
  std::int64_t segment = ordinal - in_sentence % longest_segment;
  bool ended = false;  // a sentence, since the last kept token
  KeptChunks chunks(*tokens_, thresholds_, draws_);
  for (; ordinal < last; begin += kChunk) {
    const auto [run, offsets] = chunks.at(begin);
    if (std::ssize(offsets) != kept_in(static_cast<std::size_t>(begin / kChunk)))
      throw Error("the tokens from position " + std::to_string(begin) +
                  " on are not those that were counted at the beginning of the epoch: a source must return "
                  "the same tokens whenever it is read");
    auto end = run.ends.begin();
    for (const std::int32_t offset : offsets) {
      const std::int64_t position = begin + offset;
      for (; end != run.ends.end() && *end <= position; ++end) ended = true;
      if (ended || ordinal - segment == longest_segment) segment = ordinal;
      ended = false;
      if (ordinal >= first) {
        const auto i = static_cast<std::size_t>(ordinal - first);
        out.words[i] = run.ids[static_cast<std::size_t>(offset)];
        out.positions[i] = position;
        out.segments[i] = segment;
      }
      if (++ordinal == last) break;
    }
    ended = ended || end != run.ends.end();
  }
}

std::int64_t KeptTokens::position_of(std::int64_t ordinal) const {
  if (ordinal >= size_) return tokens();
  KeptSpan one;
  read(ordinal, ordinal + 1, one);
  return one.positions.front();
}

}  // namespace warp2vec
