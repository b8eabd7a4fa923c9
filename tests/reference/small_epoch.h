#pragma once
/// An epoch of a small corpus with everything that a rule of the reference needs.

#include <warp2vec/trainer.h>

#include "tests/support/synthetic.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace warp2vec {

inline constexpr std::int32_t kDim = 6;

class SmallEpoch : public testing::Test {
 protected:
  void make(const Config& config, std::int64_t words, std::int64_t longest_sentence) {
    config_ = config;
    config_.dim = kDim;
    corpus_ = zipf_corpus(words, 400, longest_sentence);
    data_ = std::make_unique<TrainingData>(config_, corpus_.vocabulary, corpus_.tokens);
    kept_ =
        std::make_unique<KeptTokens>(corpus_.tokens, data_->keep_thresholds, draws_, config_.max_sentence, 1);
    kept_->read(0, kept_->size(), span_);
  }

  std::int64_t words() const { return corpus_.vocabulary.size(); }
  std::int64_t row(std::int64_t i) const { return row_of(span_.words[static_cast<std::size_t>(i)]); }

  Config config_;
  Draws draws_{17, 0};
  SyntheticCorpus corpus_;
  std::unique_ptr<TrainingData> data_;
  std::unique_ptr<KeptTokens> kept_;
  KeptSpan span_;
};

}  // namespace warp2vec
