#pragma once
/// Compares kept tokens from two sources.

#include <warp2vec/detail/kept_tokens.h>

#include <gtest/gtest.h>

#include <cstdint>

namespace warp2vec {

inline void expect_same_counts(const KeptTokens& counted, const KeptTokens& expected) {
  ASSERT_EQ(counted.size(), expected.size());
  ASSERT_EQ(counted.tokens(), expected.tokens());
  for (std::int64_t position = 0; position < expected.tokens(); position += KeptTokens::kChunk) {
    ASSERT_EQ(counted.start_at(position).ordinal, expected.start_at(position).ordinal) << position;
    ASSERT_EQ(counted.start_at(position).in_sentence, expected.start_at(position).in_sentence) << position;
  }
}

}  // namespace warp2vec
