// Several backends in one process: on two emulated GPUs, in turn, and from several host threads.
#include "kernels/cuda/cuda_check.h"
#include "tests/emulated/cuda_backend_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

constexpr std::int64_t kBatch = 32;

/// What a thread that has used no device, or another one, would use.
void use_device(int device) { WARP2VEC_CUDA_CHECK(cudaSetDevice(device)); }

std::size_t free_memory(int device) {
  use_device(device);
  std::size_t free = 0;
  std::size_t total = 0;
  WARP2VEC_CUDA_CHECK(cudaMemGetInfo(&free, &total));
  return free;
}

CudaLimits limits_of(const Config& config) {
  CudaLimits limits;  // an order of training, so that bits can be compared
  limits.blocks = 1;
  limits.warps = 2;
  limits.no_tensor_cores = config.sharing != Sharing::tile;
  return limits;
}

/// The first epoch of a run on a GPU, one call after the other.
class Epoch {
 public:
  Epoch(const SyntheticCorpus& corpus, const Config& config, int device)
      : data_(config, corpus.vocabulary, corpus.tokens),
        embeddings_(initial_embeddings(corpus.vocabulary.size(), config)),
        backend_(make_cuda_backend(data_, device, limits_of(config))) {}

  /// Every call that the loop over epochs and batches makes.
  std::vector<std::function<void()>> calls() {
    std::vector<std::function<void()>> calls;
    calls.emplace_back([this] { backend_->upload(embeddings_); });
    calls.emplace_back([this] { kept_ = std::make_unique<KeptTokens>(backend_->kept_tokens(data_, 0)); });
    const std::int64_t size = data_.kept_tokens(0).size();
    for (std::int64_t first = 0; first < size; first += kBatch) {
      calls.emplace_back([this, first, size] {
        backend_->train({kept_.get(), first, std::min(first + kBatch, size)});
      });
      calls.emplace_back([this] { backend_->checkpoint(embeddings_); });
    }
    calls.emplace_back([this] { trained_ = backend_->drain(); });
    calls.emplace_back([this] { backend_->download(embeddings_); });
    calls.emplace_back([this] { backend_.reset(); });
    return calls;
  }

  const Embeddings& embeddings() const { return embeddings_; }
  Embeddings take_embeddings() { return std::move(embeddings_); }
  std::int64_t pairs() const { return trained_.pairs; }

 private:
  TrainingData data_;
  Embeddings embeddings_;
  std::unique_ptr<CudaBackend> backend_;
  std::unique_ptr<KeptTokens> kept_;
  Trained trained_{};
};

class CudaSeveral : public CudaBackendTest, public ::testing::WithParamInterface<Rule> {
 public:
  CudaSeveral() { emulation::device_settings().devices = 2; }

 protected:
  static Config config() {
    Config config = config_of(GetParam());
    config.tile_centres = 16;
    return config;
  }
  static const SyntheticCorpus& corpus() {
    static const SyntheticCorpus corpus = zipf_corpus(60, 400, 60);
    return corpus;
  }
  static const SyntheticCorpus& other_corpus() {
    static const SyntheticCorpus corpus = zipf_corpus(90, 300, 60);
    return corpus;
  }
  static Embeddings alone(const SyntheticCorpus& corpus) {
    Epoch epoch(corpus, config(), 0);
    for (const auto& call : epoch.calls()) call();
    EXPECT_GT(epoch.pairs(), 0);
    return epoch.take_embeddings();
  }
};

INSTANTIATE_TEST_SUITE_P(Rules, CudaSeveral,
                         ::testing::Values(Rule{"ns", Sharing::tile, 8}, Rule{"ns+hs", Sharing::pair, 8},
                                           Rule{"softmax", Sharing::tile, 8}),
                         rule_name);

TEST_P(CudaSeveral, BackendsInTurnTrainAsIfTheyWereAlone) {
  const Embeddings first_alone = alone(corpus());
  const Embeddings second_alone = alone(other_corpus());
  for (const int second_device : {1, 0}) {
    Epoch first(corpus(), config(), 0);
    Epoch second(other_corpus(), config(), second_device);
    const auto first_calls = first.calls();
    const auto second_calls = second.calls();
    for (std::size_t i = 0; i < std::max(first_calls.size(), second_calls.size()); ++i) {
      if (i < first_calls.size()) first_calls[i]();
      if (i < second_calls.size()) second_calls[i]();
    }
    EXPECT_TRUE(equal_bits(first.embeddings(), first_alone)) << second_device;
    EXPECT_TRUE(equal_bits(second.embeddings(), second_alone)) << second_device;
  }
}

// A new thread begins with device 0.
TEST_P(CudaSeveral, ABackendMayBeUsedFromAnyThread) {
  const Embeddings expected = alone(corpus());
  const std::size_t untouched = free_memory(0);
  Epoch epoch(corpus(), config(), 1);
  for (const auto& call : epoch.calls()) std::thread(call).join();
  EXPECT_TRUE(equal_bits(epoch.embeddings(), expected));
  EXPECT_EQ(free_memory(0), untouched);
}

TEST_P(CudaSeveral, EverythingIsOnItsOwnDevice) {
  const std::size_t untouched = free_memory(0);
  Epoch epoch(corpus(), config(), 1);
  const auto calls = epoch.calls();
  for (std::size_t i = 0; i + 1 < calls.size(); ++i) {
    use_device(0);
    calls[i]();
    EXPECT_EQ(free_memory(0), untouched) << i;
    EXPECT_LT(free_memory(1), untouched) << i;
  }
  calls.back()();
  EXPECT_EQ(free_memory(1), untouched);
}

TEST_P(CudaSeveral, TwoThreadsTrainAtTheSameTime) {
  const Embeddings first_alone = alone(corpus());
  const Embeddings second_alone = alone(other_corpus());
  std::unique_ptr<Epoch> first;
  std::unique_ptr<Epoch> second;
  const auto train = [](std::unique_ptr<Epoch>& epoch, const SyntheticCorpus& corpus, int device) {
    epoch = std::make_unique<Epoch>(corpus, config(), device);
    for (const auto& call : epoch->calls()) call();
  };
  std::thread other([&] { train(second, other_corpus(), 1); });
  train(first, corpus(), 0);
  other.join();
  EXPECT_TRUE(equal_bits(first->embeddings(), first_alone));
  EXPECT_TRUE(equal_bits(second->embeddings(), second_alone));
}

}  // namespace
}  // namespace warp2vec
