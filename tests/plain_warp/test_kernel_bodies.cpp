// The kernel bodies on the host, compared with the reference.
#include <warp2vec/detail/numerics.h>
#include <warp2vec/evaluate.h>

#include "host/reference/reference.h"
#include "kernels/device/bits.h"
#include "kernels/device/fast_math.h"
#include "kernels/softmax/softmax_row.h"
#include "tests/plain_warp/host_warp_backend.h"
#include "tests/support/training_outcome.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace warp2vec {
namespace {

TEST(FastMath, SigmoidIsNearTheExactOne) {
  for (int i = -2880; i <= 2880; ++i) {
    const float x = static_cast<float>(i) / 32;
    EXPECT_NEAR(fast_sigmoid(x), sigmoid(static_cast<double>(x)), 1e-6) << x;
  }
  EXPECT_EQ(fast_sigmoid(std::numeric_limits<float>::max()), 1.0F);
  EXPECT_EQ(fast_sigmoid(std::numeric_limits<float>::lowest()), 0.0F);
}

TEST(Bits, OfAFragmentAreThoseOfTheRange) {
  for (std::int32_t begin = 0; begin <= 48; ++begin)
    for (std::int32_t end = begin; end <= 48; ++end)
      for (std::int32_t fragment = 0; fragment < 3; ++fragment) {
        std::uint32_t expected = 0;
        for (std::int32_t i = begin; i < end; ++i)
          if (i / 16 == fragment) expected |= 1U << (i % 16);
        EXPECT_EQ(bits_of_16(begin, end, fragment), expected) << begin << " " << end << " " << fragment;
      }
}

class KernelBodies : public ::testing::TestWithParam<Rule> {};

TEST_P(KernelBodies, EqualTheReference) {
  const SyntheticCorpus corpus = zipf_corpus(150, 4000, 60);
  const Config config = config_of(GetParam());
  expect_equal_up_to_rounding(run(corpus, config, host_warps(1, 1)),
                              run(corpus, config, make_reference_backend));
}

INSTANTIATE_TEST_SUITE_P(Rules, KernelBodies, ::testing::ValuesIn(kernel_rules()), rule_name);

TEST(KernelBodies, OddTileShapesEqualTheReference) {
  const SyntheticCorpus corpus = zipf_corpus(150, 3000, 200);
  for (Config config : odd_tiles()) {
    expect_equal_up_to_rounding(run(corpus, config, host_warps(1, 1)),
                                run(corpus, config, make_reference_backend));
    config.model = Architecture::cbow;
    expect_equal_up_to_rounding(run(corpus, config, host_warps(1, 1)),
                                run(corpus, config, make_reference_backend));
  }
}

TEST(KernelBodies, EqualTheReferenceWhereUpdatesAreDamped) {
  const SyntheticCorpus corpus = runs_corpus(100, 2000);
  for (const Config& config : damped_configs())
    expect_equal_up_to_rounding(run(corpus, config, host_warps(1, 1)),
                                run(corpus, config, make_reference_backend));
  const SyntheticCorpus shorter = runs_corpus(100, 1000);  // differences of rounding grow faster
  for (const Config& config : damped_cbow_configs()) {
    SCOPED_TRACE(to_string(config.loss) + " " + to_string(config.sharing) + " " +
                 to_string(config.cbow_gradient) + (config.cbow_sum ? " sum" : ""));
    expect_equal_up_to_rounding(run(shorter, config, host_warps(1, 1)),
                                run(shorter, config, make_reference_backend));
  }
}

// Among them sentences of one word, which is predicted from nothing.
TEST(KernelBodies, CbowEqualsTheReferenceInShortSentences) {
  const SyntheticCorpus corpus = zipf_corpus(50, 1000, 3);
  for (const char* loss : {"ns", "hs", "ns+hs"})
    for (const Sharing sharing : {Sharing::pair, Sharing::tile}) {
      Config config = config_of(cbow(loss, sharing, 24));
      config.sample = 0;
      config.epochs = 5;
      expect_equal_up_to_rounding(run(corpus, config, host_warps(1, 1)),
                                  run(corpus, config, make_reference_backend));
    }
}

// Without damping, the number of warps only changes which warp computes what.
TEST(KernelBodies, WarpsOfATileShareItsWork) {
  const SyntheticCorpus corpus = zipf_corpus(3000, 4000, 60);
  Config config = config_of("ns", Sharing::tile);
  config.lr = 0.01;
  const Outcome one = run(corpus, config, host_warps(1, 1));
  for (const int warps : {2, 3, 8}) {
    const Outcome several = run(corpus, config, host_warps(1, warps));
    EXPECT_EQ(several.summary.pairs, one.summary.pairs);
    EXPECT_LE(largest_difference(several.embeddings.input, one.embeddings.input),
              1e-5 * largest_value(one.embeddings.input));
  }
}

TEST(KernelBodies, EveryCentreIsTrainedOnceByAnyGrid) {
  const SyntheticCorpus corpus = zipf_corpus(150, 3000, 60);
  for (const Rule& rule : {Rule{"ns", Sharing::tile, 24}, Rule{"hs", Sharing::tile, 24},
                           cbow("ns", Sharing::tile, 24), cbow("hs", Sharing::pair, 24)}) {
    const Config config = config_of(rule);
    const std::int64_t pairs = run(corpus, config, make_reference_backend).summary.pairs;
    for (const auto& [blocks, warps] : {std::pair{1, 8}, std::pair{3, 2}, std::pair{100, 1}})
      EXPECT_EQ(run(corpus, config, host_warps(blocks, warps)).summary.pairs, pairs);
  }
}

// Topics in 120,000 words: the kernels, damped for many tokens in flight, must find them as well as the
// reference.
TEST(KernelBodies, TrainToTheQualityOfTheReference) {
  expect_topics_as_the_reference(topic_corpus(20, 30, 12000), host_warps(8, 8));
}

TEST(SoftmaxRow, EqualsTheReference) {
  for (const std::int64_t words : {2, 31, 32, 33, 1000}) {
    for (const int warps : {1, 3, 8}) {
      Matrix y(words, 5);
      for (std::int64_t w = 0; w < words; ++w)
        for (std::int32_t d = 0; d < 5; ++d) y.row(w)[d] = std::sin(static_cast<float>(w * 5 + d)) * 3;
      const float x[5] = {1, -2, 3, 0.5F, -1};
      const std::vector<float> log_p = log_softmax<float>(x, std::as_const(y).view());
      std::vector<float> scores;
      for (std::int64_t w = 0; w < words; ++w) {
        float score = 0;
        for (std::int32_t d = 0; d < 5; ++d) score += x[d] * y.row(w)[d];
        scores.push_back(score);
      }
      const std::int64_t centre = words - 1;
      double loss = 1;
      std::vector<float> partial(2 * static_cast<std::size_t>(warps));
      HostBlock block(0, 1, warps);
      softmax_row(block, scores.data(), words, centre, 0.5F, loss, partial.data());
      // A sum of up to 1,000 terms in another order: some units in the last place of values up to 30.
      EXPECT_NEAR(loss, 1 - log_p.back(), 2e-5);
      for (std::int64_t w = 0; w < words; ++w) {
        const float wanted =
            0.5F * ((w == centre ? 1.0F : 0.0F) - std::exp(log_p[static_cast<std::size_t>(w)]));
        EXPECT_NEAR(scores[static_cast<std::size_t>(w)], wanted, 1e-5) << words << " " << w;
      }
    }
  }
}

}  // namespace
}  // namespace warp2vec
