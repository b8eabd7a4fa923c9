#include <warp2vec/kept_tokens.h>

#include "parallel.h"

#include <atomic>

namespace warp2vec {
namespace {

constexpr std::int64_t kBlock = KeptTokens::kBlock;

// Walks tokens in order and says which are kept; one Philox block serves four positions.
class KeepCursor {
 public:
  KeepCursor(const std::uint32_t* thresholds, const Draws& draws) : thresholds_(thresholds), draws_(draws) {}

  bool kept(std::int64_t position, WordId word) {
    const std::uint32_t threshold = thresholds_[row_of(word)];
    if (threshold == 0xFFFFFFFFU) return true;  // no draw is above it
    const std::int64_t group = position >> 2;
    if (group != group_) {
      group_ = group;
      words_ = draws_.block(Stream::keep, static_cast<std::uint64_t>(group));
    }
    return words_.w[position & 3] <= threshold;
  }

 private:
  const std::uint32_t* thresholds_;
  Draws draws_;
  std::int64_t group_ = -1;
  Words4 words_{};
};

// The first sentence that ends after `position`.
std::size_t sentence_at(const TokenStream& tokens, std::int64_t position) {
  return static_cast<std::size_t>(std::upper_bound(tokens.ends.begin(), tokens.ends.end(), position) -
                                  tokens.ends.begin());
}

}  // namespace

KeptTokens::KeptTokens(const TokenStream& tokens, const std::vector<std::uint32_t>& keep_thresholds,
                       Draws draws, std::int64_t max_sentence, int threads)
    : tokens_(&tokens), thresholds_(keep_thresholds.data()), draws_(draws), max_sentence_(max_sentence) {
  const std::int64_t blocks = (tokens.tokens() + kBlock - 1) / kBlock;
  struct Counted {
    std::int64_t kept = 0;
    std::int64_t kept_after_last_end = 0;  // all kept tokens of the block if no sentence ends in it
    bool has_end = false;
  };
  std::vector<Counted> counted(static_cast<std::size_t>(blocks));
  constexpr std::int64_t kBlocksPerTask = 256;
  parallel_for((blocks + kBlocksPerTask - 1) / kBlocksPerTask, threads, [&](std::int64_t task) {
    KeepCursor cursor(thresholds_, draws_);
    const std::int64_t end_block = std::min(blocks, (task + 1) * kBlocksPerTask);
    std::size_t sentence = sentence_at(tokens, task * kBlocksPerTask * kBlock);
    for (std::int64_t b = task * kBlocksPerTask; b < end_block; ++b) {
      Counted& c = counted[static_cast<std::size_t>(b)];
      const std::int64_t end = std::min(tokens.tokens(), (b + 1) * kBlock);
      for (std::int64_t p = b * kBlock; p < end; ++p) {
        if (cursor.kept(p, tokens.ids[static_cast<std::size_t>(p)])) {
          ++c.kept;
          ++c.kept_after_last_end;
        }
        if (p + 1 == tokens.ends[sentence]) {
          ++sentence;
          c.kept_after_last_end = 0;
          c.has_end = true;
        }
      }
    }
  });
  blocks_.reserve(counted.size());
  std::int64_t in_sentence = 0;
  for (const Counted& c : counted) {
    blocks_.push_back({size_, in_sentence});
    size_ += c.kept;
    in_sentence = c.has_end ? c.kept_after_last_end : in_sentence + c.kept;
  }
}

std::size_t KeptTokens::block_of(std::int64_t ordinal) const {
  const auto after =
      std::upper_bound(blocks_.begin(), blocks_.end(), ordinal,
                       [](std::int64_t o, const Block& block) { return o < block.kept_before; });
  return static_cast<std::size_t>(after - blocks_.begin()) - 1;
}

KeptTokens::Start KeptTokens::start_at(std::int64_t position) const {
  const Block& block = blocks_[static_cast<std::size_t>(position / kBlock)];
  return {position, block.kept_before, block.kept_in_sentence};
}

KeptTokens::Start KeptTokens::start_before(std::int64_t ordinal) const {
  return start_at(static_cast<std::int64_t>(block_of(ordinal)) * kBlock);
}

void KeptTokens::read(std::int64_t first, std::int64_t last, KeptSpan& out) const {
  first = std::clamp<std::int64_t>(first, 0, size_);
  last = std::clamp<std::int64_t>(last, first, size_);
  out.first = first;
  out.words.clear();
  out.positions.clear();
  out.pieces.clear();
  if (first == last) return;
  auto [position, ordinal, in_sentence] = start_before(first);
  std::size_t sentence = sentence_at(*tokens_, position);
  KeepCursor cursor(thresholds_, draws_);
  for (; ordinal < last; ++position) {
    const WordId word = tokens_->ids[static_cast<std::size_t>(position)];
    if (cursor.kept(position, word)) {
      if (ordinal >= first) {
        out.words.push_back(word);
        out.positions.push_back(position);
        out.pieces.push_back(ordinal - (max_sentence_ > 0 ? in_sentence % max_sentence_ : in_sentence));
      }
      ++ordinal;
      ++in_sentence;
    }
    if (position + 1 == tokens_->ends[sentence]) {
      ++sentence;
      in_sentence = 0;
    }
  }
}

std::int64_t KeptTokens::position_of(std::int64_t ordinal) const {
  if (ordinal >= size_) return tokens();
  KeptSpan one;
  read(ordinal, ordinal + 1, one);
  return one.positions.front();
}

}  // namespace warp2vec
