// Complete training runs on a GPU: many blocks, small and streamed corpora, checkpoints, and released memory.
#include <warp2vec/detail/kept_tokens.h>

#include "kernels/backend/device_corpus.h"
#include "kernels/cuda/cuda_check.h"
#include "tests/gpu/gpu_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace warp2vec {
namespace {

bool all_finite(const Matrix& matrix) {
  for (std::int64_t r = 0; r < matrix.rows(); ++r)
    for (std::int32_t d = 0; d < matrix.cols(); ++d)
      if (!std::isfinite(matrix.row(r)[d])) return false;
  return true;
}
bool all_finite(const Embeddings& e) {
  return all_finite(e.input) && all_finite(e.output) && all_finite(e.nodes);
}

/// How many pairs the reference trains: the same for every dim.
std::int64_t pairs_of_reference(const SyntheticCorpus& corpus, Config config) {
  config.dim = 1;
  return run(corpus, config, make_reference_backend).summary.pairs;
}

Config all_threads(Config config) {
  config.threads = 0;
  return config;
}

class GpuTraining : public GpuTest {};

TEST_F(GpuTraining, ManyBlocksTrainEveryPairOnce) {
  const SyntheticCorpus corpus = zipf_corpus(20000, 2000000 / kShrink, 60);
  for (const Rule& rule :
       {Rule{"ns", Sharing::tile, 64}, Rule{"ns", Sharing::window, 64}, Rule{"ns", Sharing::pair, 64},
        Rule{"hs", Sharing::tile, 64}, Rule{"ns+hs", Sharing::tile, 64}, cbow("ns", Sharing::tile, 64),
        cbow("ns", Sharing::pair, 64), cbow("hs", Sharing::tile, 64)}) {
    SCOPED_TRACE(rule_name({rule, 0}));
    Config config = all_threads(config_of(rule));
    config.lr = 0.025;
    config.sample = 1e-3;
    const std::int64_t pairs = pairs_of_reference(corpus, config);
    const Outcome cpu = run(corpus, config, make_cpu_backend);
    // As many blocks as the corpus allows, and enough to fill a large GPU.
    for (const int blocks : {0, 264}) {
      CudaLimits limits;
      limits.blocks = blocks;
      const Outcome trained = run(corpus, config, gpu(limits));
      EXPECT_EQ(trained.summary.pairs, pairs) << blocks;
      EXPECT_EQ(trained.summary.kept_tokens, cpu.summary.kept_tokens);
      EXPECT_EQ(trained.summary.tokens, 2 * corpus.tokens.tokens());
      EXPECT_TRUE(all_finite(trained.embeddings)) << blocks;
      if (blocks > 0) continue;
      for (std::size_t e = 0; e < cpu.summary.epoch_loss.size(); ++e)
        EXPECT_NEAR(trained.summary.epoch_loss[e], cpu.summary.epoch_loss[e],
                    0.04 * cpu.summary.epoch_loss[e])
            << " epoch " << e;
    }
  }
}

TEST_F(GpuTraining, FindsTopicsAsTheReferenceDoes) {
  expect_topics_as_the_reference(topic_corpus(20, 30, std::max<std::int64_t>(6000, 100000 / kShrink)), gpu());
}

TEST_F(GpuTraining, Bf16TablesFindTopicsToo) {
  expect_topics_as_the_reference(topic_corpus(20, 30, std::max<std::int64_t>(6000, 100000 / kShrink)), gpu(),
                                 {{"ns", Sharing::tile, 32, TableType::bf16}});
}

TEST_F(GpuTraining, ATinyCorpusIsTrainedAsWellAsOnACpu) {
  const SyntheticCorpus corpus = zipf_corpus(1000 / std::min<std::int64_t>(kShrink, 10),
                                             50000 / std::min<std::int64_t>(kShrink, 50), 60);
  for (const auto& [loss, sharing] :
       {std::pair{"ns", Sharing::tile}, std::pair{"ns", Sharing::window}, std::pair{"hs", Sharing::tile}}) {
    Config config = config_of(loss, sharing, 100);
    config.epochs = 20;
    const Outcome trained = run(corpus, config, gpu());
    const Outcome cpu = run(corpus, config, make_cpu_backend);
    EXPECT_TRUE(all_finite(trained.embeddings)) << loss << to_string(sharing);
    EXPECT_LE(trained.summary.epoch_loss.back(), 1.02 * cpu.summary.epoch_loss.back())
        << loss << to_string(sharing);
  }
}

TEST_F(GpuTraining, AStreamedCorpusTrainsLikeAResidentOne) {
  // More than two runs of the corpus; few of their tokens are trained.
  const SyntheticCorpus corpus = zipf_corpus(5000, 5 * DeviceCorpus::kRun / 2, 60);
  Config config = all_threads(config_of("ns", Sharing::tile, 32));
  config.sample = 1e-6 / static_cast<double>(kShrink);
  config.epochs = 1;
  CudaLimits streamed;
  streamed.stream_corpus = true;
  const Outcome a = run(corpus, config, gpu());
  const Outcome b = run(corpus, config, gpu(streamed));
  EXPECT_EQ(b.summary.pairs, a.summary.pairs);
  EXPECT_EQ(a.summary.pairs, pairs_of_reference(corpus, config));
  for (std::size_t e = 0; e < a.summary.epoch_loss.size(); ++e)
    EXPECT_NEAR(b.summary.epoch_loss[e], a.summary.epoch_loss[e], 0.01 * a.summary.epoch_loss[e]);
}

TEST_F(GpuTraining, ItsKernelsTakeSomeOfTheTime) {
  const SyntheticCorpus corpus = zipf_corpus(5000, 1000000 / kShrink, 60);
  const Config config = config_of("ns", Sharing::tile, 64);
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  const std::unique_ptr<CudaBackend> backend = make_cuda_backend(data, device());
  Embeddings embeddings = initial_embeddings(corpus.vocabulary.size(), config);
  const TrainingSummary summary = train(data, *backend, embeddings);
  const CudaSeconds seconds = backend->kernel_seconds();
  EXPECT_GT(seconds.kernels, 0);
  EXPECT_GT(seconds.subsampling, 0);
  EXPECT_LT(seconds.kernels + seconds.subsampling, summary.seconds);
}

// One warp trains in a fixed order, so that bits can be compared.
class SanitizedTraining : public GpuTest {
 protected:
  /// Trains one epoch in batches of 512 centres; `midway` is called after half of them.
  Embeddings train_one_epoch(const SyntheticCorpus& corpus, const Config& config, const CudaLimits& limits,
                             const std::function<void(Backend&)>& midway) {
    const TrainingData data(config, corpus.vocabulary, corpus.tokens);
    const std::unique_ptr<Backend> backend = make_cuda_backend(data, device(), limits);
    Embeddings embeddings = initial_embeddings(corpus.vocabulary.size(), config);
    backend->upload(embeddings);
    const KeptTokens kept(corpus.tokens, data.keep_thresholds, Draws{config.seed, 0}, config.max_sentence, 1);
    const std::int64_t batches = (kept.size() + 511) / 512;
    for (std::int64_t b = 0; b < batches; ++b) {
      if (b == batches / 2 && midway) midway(*backend);
      backend->train({&kept, b * 512, std::min(kept.size(), (b + 1) * 512)});
    }
    backend->drain();
    backend->download(embeddings);
    return embeddings;
  }
};

TEST_F(SanitizedTraining, ACheckpointIsADownloadAndChangesNothing) {
  const SyntheticCorpus corpus = zipf_corpus(100, 3000, 60);
  const Config config = config_of("ns+hs", Sharing::tile, 40);
  Embeddings checkpoint = initial_embeddings(corpus.vocabulary.size(), config);
  Embeddings download = initial_embeddings(corpus.vocabulary.size(), config);
  const Embeddings untrained = initial_embeddings(corpus.vocabulary.size(), config);
  const Embeddings plain = train_one_epoch(corpus, config, one_warp_limits(), {});
  const Embeddings with_checkpoint =
      train_one_epoch(corpus, config, one_warp_limits(), [&](Backend& b) { b.checkpoint(checkpoint); });
  train_one_epoch(corpus, config, one_warp_limits(), [&](Backend& b) { b.download(download); });
  EXPECT_TRUE(equal_bits(checkpoint, download));
  EXPECT_TRUE(equal_bits(with_checkpoint, plain));
  EXPECT_FALSE(equal_bits(checkpoint, plain));
  EXPECT_FALSE(equal_bits(checkpoint, untrained));
}

TEST_F(SanitizedTraining, StreamingChangesNoBit) {
  const SyntheticCorpus corpus = zipf_corpus(100, 3000, 60);
  const Config config = config_of("ns", Sharing::tile, 40);
  CudaLimits streamed = one_warp_limits();
  streamed.stream_corpus = true;
  EXPECT_TRUE(equal_bits(train_one_epoch(corpus, config, streamed, {}),
                         train_one_epoch(corpus, config, one_warp_limits(), {})));
}

TEST_F(SanitizedTraining, GivesItsMemoryBack) {
  const SyntheticCorpus corpus = zipf_corpus(500, 1000, 60);
  const auto free_memory = [] {
    std::size_t free = 0;
    std::size_t total = 0;
    WARP2VEC_CUDA_CHECK(cudaMemGetInfo(&free, &total));
    return static_cast<double>(free);
  };
  // The first run loads the kernels, which stay loaded.
  run(corpus, config_of("ns+hs", Sharing::tile, 100), gpu());
  const double before = free_memory();
  for (int i = 0; i < 3; ++i) run(corpus, config_of("ns+hs", Sharing::tile, 100), gpu());
  EXPECT_GE(free_memory(), before - 4e6);
}

}  // namespace
}  // namespace warp2vec
