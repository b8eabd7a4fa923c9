// Training by the CUDA backend on emulated GPUs: bit for bit equal to the plain loops where the order of
// additions is the same.
#include <warp2vec/error.h>

#include "kernels/backend/device_corpus.h"
#include "tests/emulated/cuda_backend_test.h"
#include "tests/plain_warp/host_warp_backend.h"
#include "tests/support/same_kept_tokens.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using emulation::BlockOrder;
using emulation::DeviceSettings;
using emulation::ThreadOrder;
using ::testing::HasSubstr;

class EmulatedKernels : public CudaBackendTest, public ::testing::WithParamInterface<Rule> {};

constexpr ThreadOrder kOrders[] = {ThreadOrder::natural, ThreadOrder::reversed, ThreadOrder::shuffled};

// One warp adds in a fixed order, whatever the order of its lanes.
TEST_P(EmulatedKernels, OneWarpEqualsHostWarpBitForBit) {
  const SyntheticCorpus corpus = zipf_corpus(60, 400, 60);
  const Config config = config_of(GetParam());
  const Outcome host = run(corpus, config, host_warps(1, 1));
  for (const ThreadOrder order : kOrders) {
    emulation::device_settings().schedule.threads = order;
    const Outcome device = run(corpus, config, cuda(1, 1));
    EXPECT_TRUE(equal_bits(device.embeddings, host.embeddings));
    EXPECT_EQ(device.summary.pairs, host.summary.pairs);
    EXPECT_EQ(device.summary.epoch_loss, host.summary.epoch_loss);
  }
}

INSTANTIATE_TEST_SUITE_P(Rules, EmulatedKernels,
                         ::testing::Values(Rule{"ns", Sharing::pair, 24}, Rule{"ns", Sharing::window, 24},
                                           Rule{"ns", Sharing::tile, 24}, Rule{"hs", Sharing::pair, 24},
                                           Rule{"hs", Sharing::tile, 24}, Rule{"ns+hs", Sharing::window, 24},
                                           Rule{"ns+hs", Sharing::tile, 24}, Rule{"ns", Sharing::tile, 1},
                                           Rule{"ns", Sharing::tile, 31}, Rule{"ns", Sharing::tile, 33},
                                           Rule{"ns", Sharing::window, 100}, Rule{"hs", Sharing::tile, 32},
                                           cbow("ns", Sharing::pair, 24), cbow("ns", Sharing::tile, 33),
                                           cbow("hs", Sharing::pair, 24), cbow("ns+hs", Sharing::tile, 24)),
                         rule_name);

TEST_F(CudaBackendTest, SeveralWarpsAndBlocksEqualHostWarpsBitForBit) {
  const SyntheticCorpus corpus = zipf_corpus(100, 1000, 60);
  for (const Rule& rule :
       {Rule{"ns", Sharing::tile, 24}, Rule{"ns+hs", Sharing::tile, 24}, cbow("ns+hs", Sharing::tile, 24)}) {
    Config config = config_of(rule);
    config.tile_centres = 32;
    config.tile_negatives = 16;
    for (const auto& [blocks, warps] : {std::pair{1, 4}, std::pair{3, 2}}) {
      const Outcome device = run(corpus, config, cuda(blocks, warps));
      const Outcome host = run(corpus, config, host_warps(blocks, warps));
      EXPECT_TRUE(equal_bits(device.embeddings, host.embeddings)) << rule_name({rule, 0}) << blocks;
      EXPECT_EQ(device.summary.pairs, host.summary.pairs);
    }
  }
}

// Additions of several warps to one row are in another order: only rounding differs.
TEST_F(CudaBackendTest, TheOrderOfThreadsAndBlocksIsRounding) {
  const SyntheticCorpus corpus = zipf_corpus(100, 400, 60);
  Config config = config_of("ns", Sharing::tile);
  config.tile_centres = 16;
  const Outcome natural = run(corpus, config, cuda(1, 4));
  for (const ThreadOrder order : kOrders) {
    for (const BlockOrder blocks : {BlockOrder::natural, BlockOrder::reversed}) {
      emulation::device_settings().schedule = {order, blocks, 3};
      expect_equal_up_to_rounding(run(corpus, config, cuda(1, 4)), natural);
    }
  }
}

class EmulatedTensorCores : public CudaBackendTest, public ::testing::WithParamInterface<Rule> {};

// Lanes and warps in natural order add in the order of the plain loops.
TEST_P(EmulatedTensorCores, EqualHostTilesBitForBit) {
  const SyntheticCorpus corpus = zipf_corpus(60, 400, 60);
  const Config config = config_of(GetParam());
  for (const auto& [blocks, warps] : {std::pair{1, 1}, std::pair{2, 3}}) {
    const Outcome host = run(corpus, config,
                             config.table_type == TableType::bf16 ? host_tiles<Bf16>(blocks, warps)
                                                                  : host_tiles<float>(blocks, warps));
    const Outcome device = run(corpus, config, tensor_cores(blocks, warps));
    EXPECT_TRUE(equal_bits(device.embeddings, host.embeddings)) << blocks;
    EXPECT_EQ(device.summary.pairs, host.summary.pairs);
    EXPECT_EQ(device.summary.epoch_loss, host.summary.epoch_loss);
  }
}

std::vector<Rule> tensor_core_rules() {
  std::vector<Rule> rules;
  for (const std::int32_t dim : {1, 16, 24, 33, 100, 160}) {
    for (const TableType type : {TableType::float32, TableType::bf16})
      rules.push_back({"ns", Sharing::tile, dim, type});
    rules.push_back({"hs", Sharing::tile, dim});
  }
  for (const std::int32_t dim : {24, 100}) rules.push_back({"ns+hs", Sharing::tile, dim});
  for (const std::int32_t dim : {1, 33, 100}) rules.push_back(cbow("ns", Sharing::tile, dim));
  for (const char* loss : {"hs", "ns+hs"}) rules.push_back(cbow(loss, Sharing::tile, 24));
  return rules;
}

INSTANTIATE_TEST_SUITE_P(Rules, EmulatedTensorCores, ::testing::ValuesIn(tensor_core_rules()), rule_name);

TEST_F(CudaBackendTest, DampedUpdatesEqualTheHostsBitForBit) {
  const SyntheticCorpus corpus = runs_corpus(60, 160);
  std::vector<Config> configs = damped_configs();
  const std::vector<Config> cbow = damped_cbow_configs();
  configs.insert(configs.end(), cbow.begin(), cbow.end());
  for (Config config : configs) {
    config.epochs = 1;
    SCOPED_TRACE(to_string(config.model) + " " + to_string(config.loss) + " " + to_string(config.sharing));
    EXPECT_TRUE(equal_bits(run(corpus, config, cuda(2, 2)).embeddings,
                           run(corpus, config, host_warps(2, 2)).embeddings));
    if (config.sharing != Sharing::tile) continue;
    EXPECT_TRUE(equal_bits(run(corpus, config, tensor_cores(2, 3)).embeddings,
                           run(corpus, config, host_tiles(2, 3)).embeddings));
  }
}

// With long vectors, the shared memory of a desktop GPU has room for few nodes at a time; 8 centres have
// more.
TEST_F(CudaBackendTest, PathsThatDoNotFitAreTrainedInRounds) {
  emulation::device_settings().major = 8;
  emulation::device_settings().minor = 9;
  const SyntheticCorpus corpus = zipf_corpus(3000, 300, 60);
  for (const Rule& rule : {Rule{"hs", Sharing::tile, 300}, cbow("hs", Sharing::tile, 250)}) {
    Config config = config_of(rule);
    config.lr = 0.025;
    const Outcome device = run(corpus, config, tensor_cores(1, 4));
    const TrainingData data(config, corpus.vocabulary, corpus.tokens);
    const HsTileSizes sizes = plan_train_launch(model_of(data), {0, true, 4}).path_sizes;
    ASSERT_GT(sizes.lower_nodes, 0);
    EXPECT_LE(sizes.lower_nodes, 32);
    EXPECT_TRUE(equal_bits(device.embeddings, run(corpus, config, host_tiles(1, 4, sizes)).embeddings));
    EXPECT_LE(difference_share(device, run(corpus, config, make_reference_backend)), 0.02);
  }
}

TEST_F(CudaBackendTest, TensorCoresTrainOddTileShapes) {
  const SyntheticCorpus corpus = zipf_corpus(150, 600, 200);
  for (const Config& config : odd_tiles({{32, 16, 3}})) {
    EXPECT_TRUE(equal_bits(run(corpus, config, tensor_cores(1, 2)).embeddings,
                           run(corpus, config, host_tiles(1, 2)).embeddings));
  }
}

// Parts of the centres that share negatives, one after the other.
TEST_F(CudaBackendTest, SmallerTilesEqualHostTilesBitForBit) {
  const SyntheticCorpus corpus = zipf_corpus(60, 400, 60);
  for (const Rule& rule : {Rule{"ns", Sharing::tile, 24}, Rule{"ns", Sharing::tile, 24, TableType::bf16},
                           Rule{"ns+hs", Sharing::tile, 24}, cbow("ns+hs", Sharing::tile, 24)}) {
    const Config config = config_of(rule);
    const bool bf16 = rule.table_type == TableType::bf16;
    for (const std::int32_t centres : {16, 32}) {
      CudaLimits limits;
      limits.blocks = 2;
      limits.warps = 3;
      limits.tile_centres = centres;
      const Outcome device = run(corpus, config, cuda(limits));
      const Outcome host =
          run(corpus, config,
              bf16 ? host_tiles<Bf16>(2, 3, {64, 64}, centres) : host_tiles(2, 3, {64, 64}, centres));
      EXPECT_TRUE(equal_bits(device.embeddings, host.embeddings)) << centres;
      EXPECT_EQ(device.summary.pairs, host.summary.pairs);
    }
  }
}

// Lanes of one instruction may add to the same row in any order; a value that is then rounded to the other
// bfloat16 moves the scores by up to 2^-9.
TEST_F(CudaBackendTest, TheOrderOfThreadsOnTensorCoresIsRounding) {
  const SyntheticCorpus corpus = zipf_corpus(60, 400, 60);
  for (const Rule& rule :
       {Rule{"ns", Sharing::tile, 24}, Rule{"hs", Sharing::tile, 24}, cbow("ns+hs", Sharing::tile, 24)}) {
    const Config config = config_of(rule);
    const Outcome host = run(corpus, config, host_tiles(1, 3));
    for (const ThreadOrder order : kOrders) {
      emulation::device_settings().schedule.threads = order;
      const Outcome device = run(corpus, config, tensor_cores(1, 3));
      EXPECT_EQ(device.summary.pairs, host.summary.pairs);
      EXPECT_LE(difference_share(device, host), 0.002) << rule_name({rule, 0});
    }
  }
}

// Older GPUs have no tensor cores, and large tiles do not fit.
TEST_F(CudaBackendTest, WithoutTensorCoresTilesAreTrainedByPlainCode) {
  const SyntheticCorpus corpus = zipf_corpus(60, 300, 60);
  const auto equals_plain_code = [&](const Config& config) {
    CudaLimits limits;
    limits.blocks = 1;
    limits.warps = 2;
    return equal_bits(run(corpus, config, cuda(limits)).embeddings,
                      run(corpus, config, host_warps(1, 2)).embeddings);
  };
  EXPECT_FALSE(equals_plain_code(config_of("ns", Sharing::tile, 24)));
  const auto has_tensor_cores = [&](std::int32_t dim) {
    const Config config = config_of("ns", Sharing::tile, dim);
    const TrainingData data(config, corpus.vocabulary, corpus.tokens);
    return make_cuda_backend(data)->tensor_cores();
  };
  EXPECT_TRUE(has_tensor_cores(300));
  EXPECT_FALSE(has_tensor_cores(1024));
  // A desktop GPU.
  emulation::device_settings().major = 8;
  emulation::device_settings().minor = 9;
  EXPECT_TRUE(has_tensor_cores(128));
  EXPECT_FALSE(has_tensor_cores(300));
  emulation::reset_device();
  EXPECT_FALSE(equals_plain_code(config_of("hs", Sharing::tile, 24)));
  EXPECT_TRUE(equals_plain_code(config_of("hs", Sharing::window, 24)));
  EXPECT_FALSE(equals_plain_code(config_of(cbow("ns", Sharing::tile, 24))));
  EXPECT_TRUE(equals_plain_code(config_of(cbow("ns", Sharing::pair, 24))));
  EXPECT_TRUE(equals_plain_code(config_of("hs", Sharing::tile, 1024)));
  EXPECT_TRUE(equals_plain_code(config_of("ns", Sharing::tile, 1024)));
  emulation::device_settings().major = 7;
  emulation::device_settings().minor = 5;
  EXPECT_TRUE(equals_plain_code(config_of("ns", Sharing::tile, 24)));
}

// A GPU with tensor cores may run code that was compiled without them: with a build for 7.5 and 9.0, a GPU
// of 8.6 runs the code for 7.5.
TEST_F(CudaBackendTest, WithoutCodeForTensorCoresTilesAreTrainedByPlainCode) {
  const SyntheticCorpus corpus = zipf_corpus(60, 150, 60);
  for (const char* loss : {"ns", "hs", "ns+hs"}) {
    Config config = config_of(loss, Sharing::tile, 24);
    config.epochs = 1;
    const Outcome plain = run(corpus, config, host_warps(1, 2));
    const auto trains_by_plain_code = [&](int device, const std::vector<int>& architectures) {
      DeviceSettings settings;
      settings.major = device / 10;
      settings.minor = device % 10;
      settings.architectures = architectures;
      emulation::reset_device(settings);
      return equal_bits(run(corpus, config, tensor_cores(1, 2)).embeddings, plain.embeddings);
    };
    EXPECT_TRUE(trains_by_plain_code(86, {75})) << loss;
    EXPECT_TRUE(trains_by_plain_code(86, {75, 90})) << loss;
    EXPECT_FALSE(trains_by_plain_code(86, {80})) << loss;
    EXPECT_FALSE(trains_by_plain_code(86, {75, 80, 90})) << loss;
    EXPECT_TRUE(trains_by_plain_code(90, {75})) << loss;
    EXPECT_FALSE(trains_by_plain_code(90, {75, 80})) << loss;
    EXPECT_FALSE(trains_by_plain_code(120, {75, 80, 90})) << loss;
    EXPECT_TRUE(trains_by_plain_code(75, {75, 80, 90})) << loss;
  }
}

TEST_F(CudaBackendTest, Bf16TablesNeedTensorCores) {
  const SyntheticCorpus corpus = zipf_corpus(60, 300, 60);
  Config config = config_of("ns", Sharing::tile, 1024);
  config.table_type = TableType::bf16;
  EXPECT_THAT(thrown_message([&] { run(corpus, config, cuda()); }), HasSubstr("smaller --dim"));
  config.dim = 24;
  emulation::device_settings().major = 7;
  emulation::device_settings().minor = 5;
  EXPECT_THAT(thrown_message([&] { run(corpus, config, cuda()); }), HasSubstr("compute capability 8.0"));
  emulation::device_settings().major = 8;
  emulation::device_settings().minor = 6;
  EXPECT_EQ(thrown_message([&] { run(corpus, config, cuda()); }), "");
  emulation::device_settings().architectures = {75, 90};
  EXPECT_THAT(thrown_message([&] { run(corpus, config, cuda()); }), HasSubstr("a build with kernels"));
}

TEST_F(CudaBackendTest, Bf16TablesTakeHalfTheMemory) {
  const SyntheticCorpus corpus = zipf_corpus(1000, 20000, 60);
  Config config = config_of("ns", Sharing::tile, 100);
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  const std::int64_t floats = make_cuda_backend(data)->memory().total();
  config.table_type = TableType::bf16;
  const TrainingData bf16_data(config, corpus.vocabulary, corpus.tokens);
  const std::unique_ptr<CudaBackend> backend = make_cuda_backend(bf16_data);
  EXPECT_EQ(backend->memory().total(), floats - 2 * corpus.vocabulary.size() * 112 * 2);
  Embeddings embeddings = initial_embeddings(corpus.vocabulary.size(), config);
  backend->upload(embeddings);
  const auto planned = static_cast<double>(backend->memory().total());
  EXPECT_NEAR(static_cast<double>(emulation::live_objects().bytes), planned, 0.02 * planned);
}

TEST_F(CudaBackendTest, SoftmaxEqualsTheReference) {
  const SyntheticCorpus corpus = zipf_corpus(20, 600, 60);
  for (const std::int32_t dim : {1, 33}) {
    for (const Rule& rule : {Rule{"softmax", Sharing::tile, dim}, cbow("softmax", Sharing::tile, dim)}) {
      Config config = config_of(rule);
      config.lr = 0.2;
      for (const std::int32_t centres : {1, 7, 64}) {
        config.tile_centres = centres;
        expect_equal_up_to_rounding(run(corpus, config, cuda()), run(corpus, config, make_reference_backend));
      }
    }
  }
}

// Also from nothing, in sentences of one word.
TEST_F(CudaBackendTest, SoftmaxOfCbowEqualsTheReference) {
  const SyntheticCorpus corpus = zipf_corpus(20, 400, 3);
  for (const Sharing sharing : {Sharing::pair, Sharing::tile})
    for (const auto& [sum, gradient] :
         {std::pair{true, CbowGradient::full}, std::pair{false, CbowGradient::exact}}) {
      Config config = config_of(cbow("softmax", sharing, 24));
      config.cbow_sum = sum;
      config.cbow_gradient = gradient;
      config.lr = 0.2;
      config.sample = 0;
      expect_equal_up_to_rounding(run(corpus, config, cuda()), run(corpus, config, make_reference_backend));
    }
}

}  // namespace
}  // namespace warp2vec
