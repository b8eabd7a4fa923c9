#include <warp2vec/detail/examples.h>
#include <warp2vec/detail/kept_tokens.h>
#include <warp2vec/detail/numerics.h>

#include "tests/support/synthetic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace warp2vec {
namespace {

std::vector<std::uint32_t> thresholds_of(const Vocabulary& vocabulary, double sample) {
  std::vector<std::uint32_t> thresholds;
  for (const std::int64_t count : vocabulary.counts())
    thresholds.push_back(keep_threshold(keep_probability(count, vocabulary.total(), sample)));
  return thresholds;
}

// The definition, token by token.
KeptSpan straightforward(const TokenStream& tokens, const std::vector<std::uint32_t>& thresholds,
                         const Draws& draws, std::int64_t max_sentence) {
  KeptSpan all;
  std::int64_t begin = 0;
  for (const std::int64_t end : tokens.ends) {
    std::int64_t in_sentence = 0;
    for (std::int64_t p = begin; p < end; ++p) {
      const WordId word = tokens.ids[static_cast<std::size_t>(p)];
      if (!kept(draws, p, thresholds[static_cast<std::size_t>(row_of(word))])) continue;
      const std::int64_t ordinal = all.size();
      if (max_sentence > 0 ? in_sentence % max_sentence == 0 : in_sentence == 0)
        all.segments.push_back(ordinal);
      else
        all.segments.push_back(all.segments.back());
      all.words.push_back(word);
      all.positions.push_back(p);
      ++in_sentence;
    }
    begin = end;
  }
  return all;
}

void expect_definition(const TokenStream& tokens, const std::vector<std::uint32_t>& thresholds,
                       std::int64_t max_sentence) {
  const Draws draws{99, 2};
  const KeptSpan expected = straightforward(tokens, thresholds, draws, max_sentence);
  for (const int threads : {1, 3}) {
    const KeptTokens kept(tokens, thresholds, draws, max_sentence, threads);
    ASSERT_EQ(kept.size(), expected.size());
    for (const std::int64_t step : {std::int64_t{1000}, std::int64_t{64}, kept.size()}) {
      KeptSpan read;
      std::int64_t ordinal = 0;
      while (ordinal < kept.size()) {
        kept.read(ordinal, ordinal + step, read);
        ASSERT_EQ(read.first, ordinal);
        for (std::int64_t i = 0; i < read.size(); ++i, ++ordinal) {
          const auto e = static_cast<std::size_t>(ordinal);
          const auto r = static_cast<std::size_t>(i);
          ASSERT_EQ(read.words[r], expected.words[e]);
          ASSERT_EQ(read.positions[r], expected.positions[e]);
          ASSERT_EQ(read.segments[r], expected.segments[e]);
        }
      }
      EXPECT_EQ(ordinal, expected.size());
    }
    EXPECT_EQ(kept.position_of(0), expected.positions.front());
    EXPECT_EQ(kept.position_of(expected.size() / 2),
              expected.positions[static_cast<std::size_t>(expected.size() / 2)]);
    EXPECT_EQ(kept.position_of(expected.size()), tokens.tokens());
  }
}

// (sample, max_sentence, longest sentence)
class KeptTokensCases : public ::testing::TestWithParam<std::tuple<double, std::int64_t, std::int64_t>> {};

TEST_P(KeptTokensCases, EqualTheDefinitionForAnyThreadsAndAnyReadSizes) {
  const auto [sample, max_sentence, longest] = GetParam();
  const SyntheticCorpus corpus = zipf_corpus(300, 30000, longest);
  expect_definition(corpus.tokens, thresholds_of(corpus.vocabulary, sample), max_sentence);
}

INSTANTIATE_TEST_SUITE_P(Corpora, KeptTokensCases,
                         ::testing::Values(std::tuple{0.0, 1000, 20}, std::tuple{1e-2, 1000, 20},
                                           std::tuple{1e-2, 7, 20}, std::tuple{1e-3, 10, 40000},
                                           std::tuple{1e-3, 0, 40000}, std::tuple{1e-2, 1000, 5000}));

TEST(KeptTokens, EqualTheDefinitionWhereSentencesAndBlocksEndTogether) {
  SyntheticCorpus corpus = zipf_corpus(300, 30 * KeptTokens::kChunk, 20);
  const std::vector<std::uint32_t> thresholds = thresholds_of(corpus.vocabulary, 1e-2);
  for (const std::int64_t length :
       {std::int64_t{1}, KeptTokens::kChunk / 2, KeptTokens::kChunk, 3 * KeptTokens::kChunk}) {
    corpus.tokens.ends.clear();
    for (std::int64_t end = length; end <= corpus.tokens.tokens(); end += length)
      corpus.tokens.ends.push_back(end);
    for (const std::int64_t max_sentence : {0, 100})
      expect_definition(corpus.tokens, thresholds, max_sentence);
  }
}

TEST(KeptTokens, EveryTokenIsKeptOnceWithoutSubsampling) {
  const SyntheticCorpus corpus = zipf_corpus(50, 5000, 30);
  const std::vector<std::uint32_t> thresholds = thresholds_of(corpus.vocabulary, 0);
  const KeptTokens kept(corpus.tokens, thresholds, Draws{1, 0}, 1000, 2);
  KeptSpan all;
  kept.read(0, kept.size(), all);
  ASSERT_EQ(all.size(), corpus.tokens.tokens());
  for (std::int64_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all.positions[static_cast<std::size_t>(i)], i);
    EXPECT_EQ(all.words[static_cast<std::size_t>(i)], corpus.tokens.ids[static_cast<std::size_t>(i)]);
  }
}

TEST(KeptTokens, KeepsTheShareThatSubsamplingAsksFor) {
  const SyntheticCorpus corpus = zipf_corpus(100, 200000, 50);
  const double sample = 1e-2;
  const std::vector<std::uint32_t> thresholds = thresholds_of(corpus.vocabulary, sample);
  const KeptTokens kept(corpus.tokens, thresholds, Draws{5, 0}, 1000, 2);
  KeptSpan all;
  kept.read(0, kept.size(), all);
  std::vector<std::int64_t> counts(static_cast<std::size_t>(corpus.vocabulary.size()));
  for (const WordId word : all.words) ++counts[static_cast<std::size_t>(row_of(word))];
  for (std::int64_t w = 0; w < 10; ++w) {
    const std::int64_t count = corpus.vocabulary.count(static_cast<WordId>(w));
    const double p = keep_probability(count, corpus.vocabulary.total(), sample);
    const double sd = std::sqrt(static_cast<double>(count) * p * (1 - p)) + 1;
    EXPECT_NEAR(static_cast<double>(counts[static_cast<std::size_t>(w)]), p * static_cast<double>(count),
                5 * sd);
  }
}

TEST(KeptTokens, EpochsAndSeedsDiffer) {
  const SyntheticCorpus corpus = zipf_corpus(100, 20000, 50);
  const std::vector<std::uint32_t> thresholds = thresholds_of(corpus.vocabulary, 1e-3);
  const auto positions = [&](Draws draws) {
    const KeptTokens kept(corpus.tokens, thresholds, draws, 1000, 1);
    KeptSpan all;
    kept.read(0, kept.size(), all);
    return all.positions;
  };
  EXPECT_EQ(positions({1, 0}), positions({1, 0}));
  EXPECT_NE(positions({1, 0}), positions({1, 1}));
  EXPECT_NE(positions({1, 0}), positions({2, 0}));
}

TEST(KeptSpan, WindowsStayInsideTheirSegment) {
  KeptSpan span;
  span.first = 100;
  span.words.resize(7);
  span.positions.resize(7);
  // A segment that began before the span, one of three tokens, and the beginning of another.
  span.segments = {95, 95, 102, 102, 102, 105, 105};
  const auto expect = [&](std::int64_t i, std::int32_t width, std::int64_t begin, std::int64_t end) {
    const KeptSpan::Range range = span.around(i, width);
    EXPECT_EQ(range.begin, begin) << i;
    EXPECT_EQ(range.end, end) << i;
  };
  expect(0, 5, 0, 2);
  expect(1, 1, 0, 2);
  expect(2, 5, 2, 5);
  expect(3, 1, 2, 5);
  expect(4, 1, 3, 5);
  expect(5, 3, 5, 7);
  expect(6, 3, 5, 7);
}

TEST(WindowWidth, IsUniformFromOneToTheWindow) {
  const Draws draws{11, 0};
  std::vector<int> counts(6);
  constexpr int kDraws = 60000;
  for (int p = 0; p < kDraws; ++p) ++counts[static_cast<std::size_t>(window_width(draws, p, 5, true))];
  EXPECT_EQ(counts[0], 0);
  for (std::size_t b = 1; b <= 5; ++b)
    EXPECT_NEAR(counts[b], kDraws * 0.2, 5 * std::sqrt(kDraws * 0.2 * 0.8));
  for (int p = 0; p < 100; ++p) EXPECT_EQ(window_width(draws, p, 5, false), 5);
}

}  // namespace
}  // namespace warp2vec
