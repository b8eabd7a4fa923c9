// One block of one warp on a GPU trains like the reference, up to rounding.
#include <warp2vec/error.h>

#include "kernels/cuda/cublas.h"
#include "tests/gpu/gpu_test.h"
#include "tests/plain_warp/host_warp_backend.h"
#include "tests/support/tile_bounds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

constexpr std::int64_t kTokens = 4000 / std::min<std::int64_t>(kShrink, 4);

class GpuKernels : public GpuTest, public ::testing::WithParamInterface<Rule> {};

TEST_P(GpuKernels, EqualTheReference) {
  const SyntheticCorpus corpus = zipf_corpus(150, kTokens, 60);
  const Config config = config_of(GetParam());
  expect_equal_up_to_rounding(run(corpus, config, one_warp()), run(corpus, config, make_reference_backend));
}

std::vector<Rule> rules_of_every_dim() {
  std::vector<Rule> rules = kernel_rules();
  for (const std::int32_t dim : {1, 31, 33, 100, 300, 1024}) {
    for (const auto& [loss, sharing] : {std::pair{"ns", Sharing::pair}, std::pair{"ns", Sharing::window},
                                        std::pair{"ns", Sharing::tile}, std::pair{"hs", Sharing::window}}) {
      const Rule rule{loss, sharing, dim};
      const auto same = [&](const Rule& r) {
        return r.loss == rule.loss && r.sharing == rule.sharing && r.dim == rule.dim && r.model == rule.model;
      };
      if (std::none_of(rules.begin(), rules.end(), same)) rules.push_back(rule);
    }
  }
  return rules;
}

INSTANTIATE_TEST_SUITE_P(Rules, GpuKernels, ::testing::ValuesIn(rules_of_every_dim()), rule_name);

class GpuOneWarp : public GpuTest {};

TEST_F(GpuOneWarp, TrainsOddTileShapesLikeTheReference) {
  const SyntheticCorpus corpus = zipf_corpus(150, 3000, 200);
  for (Config config : odd_tiles({{100, 30, 5}})) {
    expect_equal_up_to_rounding(run(corpus, config, one_warp()), run(corpus, config, make_reference_backend));
    config.model = Architecture::cbow;
    expect_equal_up_to_rounding(run(corpus, config, one_warp()), run(corpus, config, make_reference_backend));
  }
}

TEST_F(GpuOneWarp, GivesTheSameBitsAgain) {
  const SyntheticCorpus corpus = zipf_corpus(150, kTokens, 60);
  for (const char* loss : {"ns", "ns+hs"}) {
    const Config config = config_of(loss, Sharing::tile, 100);
    const Outcome once = run(corpus, config, one_warp());
    const Outcome again = run(corpus, config, one_warp());
    EXPECT_TRUE(equal_bits(again.embeddings, once.embeddings)) << loss;
    EXPECT_EQ(again.summary.epoch_loss, once.summary.epoch_loss) << loss;
  }
}

class GpuTensorCores : public GpuTest {
 protected:
  /// Trains on one block, from long vectors.
  void expect_like_host_tiles(const SyntheticCorpus& corpus, const Config& config, int warps) const {
    CudaLimits limits;
    limits.blocks = 1;
    limits.warps = warps;
    const Outcome device = run_from_long(corpus, config, gpu(limits));
    const Outcome host = run_from_long(
        corpus, config,
        config.table_type == TableType::bf16 ? host_tiles<Bf16>(1, warps) : host_tiles(1, warps));
    EXPECT_EQ(beyond(tile_bounds(config), device, host), "")
        << to_string(config.model) << " " << to_string(config.loss) << " " << to_string(config.table_type)
        << " d=" << config.dim << ", tiles of " << config.centres_per_tile() << ", " << warps << " warps";
  }
};

TEST_F(GpuTensorCores, OneBlockTrainsLikeHostTiles) {
  const SyntheticCorpus corpus = tile_corpus(kTokens);
  for (const int warps : {1, 16})
    for (const std::int32_t dim : {1, 24, 33, 100, 128, 300})
      for (const TableType type : {TableType::float32, TableType::bf16})
        expect_like_host_tiles(corpus, tile_config({"ns", Sharing::tile, dim, type}), warps);
}

TEST_F(GpuTensorCores, OneBlockTrainsPathsLikeHostTiles) {
  const SyntheticCorpus corpus = tile_corpus(kTokens);
  for (const int warps : {1, 8})
    for (const std::int32_t dim : {1, 24, 100, 128})
      for (const char* loss : {"hs", "ns+hs"})
        expect_like_host_tiles(corpus, tile_config({loss, Sharing::tile, dim}), warps);
}

TEST_F(GpuTensorCores, OneBlockTrainsCbowLikeHostTiles) {
  const SyntheticCorpus corpus = tile_corpus(kTokens);
  for (const int warps : {1, 8})
    for (const std::int32_t dim : {1, 24, 100, 128})
      for (const char* loss : {"ns", "hs", "ns+hs"})
        expect_like_host_tiles(corpus, tile_config(cbow(loss, Sharing::tile, dim)), warps);
}

TEST_F(GpuTensorCores, TrainOddTileShapes) {
  const SyntheticCorpus corpus = zipf_corpus(150, 3000, 200);
  for (Config config : odd_tiles({{100, 30, 5}})) {
    config.epochs = 1;
    expect_like_host_tiles(corpus, config, 16);
    config.model = Architecture::cbow;
    expect_like_host_tiles(corpus, config, 16);
  }
}

// Small, but with every kernel: strides that are multiples of 32 and others, shared and global scratch
// memory, one and many warps.
class SanitizedKernels : public GpuTest, public ::testing::WithParamInterface<Rule> {};

TEST_P(SanitizedKernels, TrainEveryPairOnManyWarps) {
  const SyntheticCorpus corpus = zipf_corpus(60, 1500, 60);
  const Config config = config_of(GetParam());
  const Outcome reference = run(corpus, config, make_reference_backend);
  const Outcome one = run(corpus, config, one_warp());
  EXPECT_EQ(one.summary.pairs, reference.summary.pairs);
  EXPECT_NEAR(one.summary.epoch_loss.back(), reference.summary.epoch_loss.back(), 1e-3);
  CudaLimits many;
  many.blocks = 3;
  const Outcome trained = run(corpus, config, gpu(many));
  EXPECT_EQ(trained.summary.pairs, reference.summary.pairs);
  // Too many centres in flight for so small a corpus: damped, it learns less.
  EXPECT_LT(trained.summary.epoch_loss.back(), 1.5 * reference.summary.epoch_loss.back());
}

TEST_F(GpuTensorCores, SanitizedBf16TablesTrainEveryPair) {
  const SyntheticCorpus corpus = zipf_corpus(60, 1500, 60);
  Config config = config_of("ns", Sharing::tile, 24);
  const Outcome reference = run(corpus, config, make_reference_backend);
  config.table_type = TableType::bf16;
  CudaLimits many;
  many.blocks = 3;
  const Outcome trained = run(corpus, config, gpu(many));
  EXPECT_EQ(trained.summary.pairs, reference.summary.pairs);
  EXPECT_LT(trained.summary.epoch_loss.back(), 1.5 * reference.summary.epoch_loss.back());
}

INSTANTIATE_TEST_SUITE_P(Rules, SanitizedKernels,
                         ::testing::Values(Rule{"ns", Sharing::pair, 24}, Rule{"ns", Sharing::window, 33},
                                           Rule{"ns", Sharing::tile, 1}, Rule{"ns", Sharing::tile, 31},
                                           Rule{"ns", Sharing::tile, 64}, Rule{"ns", Sharing::tile, 1024},
                                           Rule{"hs", Sharing::pair, 24}, Rule{"hs", Sharing::tile, 96},
                                           Rule{"ns+hs", Sharing::tile, 24}, cbow("ns+hs", Sharing::pair, 24),
                                           cbow("ns+hs", Sharing::tile, 33)),
                         rule_name);

class SanitizedSoftmax : public GpuTest {
 protected:
  void SetUp() override {
    GpuTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    try {
      cublas();
    } catch (const Error& error) {
      missing(error.what());
    }
  }
};

TEST_F(SanitizedSoftmax, EqualsTheReference) {
  const SyntheticCorpus corpus = zipf_corpus(20, 1000, 60);
  for (const std::int32_t dim : {1, 24, 33}) {
    for (const Rule& rule : {Rule{"softmax", Sharing::tile, dim}, cbow("softmax", Sharing::tile, dim)}) {
      Config config = config_of(rule);
      if (rule.model == Architecture::cbow) config.lr = 0.2;  // has fewer predictions to learn from
      expect_equal_up_to_rounding(run(corpus, config, gpu()), run(corpus, config, make_reference_backend));
    }
  }
}

}  // namespace
}  // namespace warp2vec
