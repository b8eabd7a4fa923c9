#pragma once
/// A batch as the trainers of the CPU backend see it.

#include <warp2vec/detail/kept_tokens.h>
#include <warp2vec/trainer.h>

#include <cstdint>
#include <span>
#include <vector>

namespace warp2vec {

/// The kept tokens of a batch and of the windows around it. Tokens are addressed by their element in the
/// span.
class CpuBatch {
 public:
  explicit CpuBatch(const TrainingData& data) : data_(data) {}

  void read(const Batch& batch);

  const Draws& draws() const { return draws_; }
  /// The centres: elements [begin, end).
  std::int64_t begin() const { return begin_; }
  std::int64_t end() const { return end_; }
  /// Number of (context, centre) pairs, or of predictions: see Trained::pairs.
  std::int64_t pairs() const { return pairs_; }
  /// The words of the elements [begin, end).
  std::span<const WordId> words(std::int64_t begin, std::int64_t end) const {
    return std::span(span_.words)
        .subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  }
  /// Ordinal of an element among the epoch's kept tokens.
  std::int64_t ordinal(std::int64_t i) const { return span_.first + i; }
  WordId word(std::int64_t i) const { return span_.word(i); }
  /// Position in the token stream.
  std::int64_t position(std::int64_t i) const { return span_.position(i); }
  float lr(std::int64_t i) const { return data_.lr_at(draws_.epoch, position(i)); }
  /// The window of a centre, including the centre.
  KeptRange window(std::int64_t centre) const { return windows_[static_cast<std::size_t>(centre - begin_)]; }
  /// The elements that the windows of centres [begin, end) cover.
  KeptRange reach(std::int64_t begin, std::int64_t end) const;

 private:
  const TrainingData& data_;
  Draws draws_;
  KeptSpan span_;
  std::int64_t begin_ = 0;
  std::int64_t end_ = 0;
  std::int64_t pairs_ = 0;
  std::vector<KeptRange> windows_;
};

}  // namespace warp2vec
