// Runs that are divided among ranks, each with an emulated GPU, by emulated NCCL.
#include <warp2vec/detail/agreement.h>
#include <warp2vec/error.h>

#include "host/distributed/agreement.h"
#include "host/distributed/thread_ranks.h"
#include "host/planning/memory_plan.h"
#include "kernels/cuda/nccl.h"
#include "kernels/merging/device_agreement.h"
#include "tests/emulated/cuda_backend_test.h"
#include "tests/support/divided_runs.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#if __has_include(<nccl.h>)
#include <nccl.h>
#endif

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

#if __has_include(<nccl.h>)
static_assert(sizeof(NcclId) == sizeof(ncclUniqueId));
static_assert(offsetof(NcclConfig, magic) == offsetof(ncclConfig_t, magic) &&
              offsetof(NcclConfig, version) == offsetof(ncclConfig_t, version) &&
              offsetof(NcclConfig, blocking) == offsetof(ncclConfig_t, blocking));
static_assert(int{kNcclSuccess} == int{ncclSuccess} && int{kNcclInProgress} == int{ncclInProgress} &&
              kNcclFloat32 == int{ncclFloat32} && kNcclSum == int{ncclSum});
#endif

class CudaRanks : public CudaBackendTest {
 public:
  CudaRanks() { emulation::device_settings().devices = 3; }
};

// A matrix of values that ranks share, and that each has moved.
Matrix moved_matrix(std::int64_t rows, std::int32_t cols, int rank) {
  std::mt19937 first(1);
  std::mt19937 own(static_cast<unsigned>(2 + rank));
  std::uniform_real_distribution<float> values(-1, 1);
  Matrix matrix(rows, cols);
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int32_t c = 0; c < cols; ++c) {
      matrix.row(r)[c] = values(first);
      // Some rows agree, some do not, and some stay where they are.
      const float together = values(first);
      const float alone = values(own);
      if (rank >= 0) matrix.row(r)[c] += r % 3 == 0 ? together : r % 3 == 1 ? 0.1F * alone : 0;
    }
  return matrix;
}

template <class Value>
Value as(float value) {
  if constexpr (sizeof(Value) == sizeof(float))
    return value;
  else
    return nearest_bf16(value);
}
float value_of(float value) { return value; }
float value_of(Bf16 value) { return to_float(value); }

// Of a matrix's values, padding included.
template <class Value>
std::vector<Value> values_of(const Matrix& matrix) {
  std::vector<Value> values;
  std::transform(matrix.row(0), matrix.row(0) + matrix.rows() * matrix.stride(), std::back_inserter(values),
                 as<Value>);
  return values;
}

template <class Value>
std::vector<std::vector<float>> merged_on_devices(int size, const Matrix& start, std::int64_t rows) {
  std::vector<std::vector<float>> after(static_cast<std::size_t>(size));
  ThreadRanks(size).run([&](Ranks& ranks) {
    WARP2VEC_CUDA_CHECK(cudaSetDevice(ranks.rank()));
    const CudaStream stream;
    const auto set = [&](const DeviceArray<Value>& array, const Matrix& matrix) {
      const std::vector<Value> values = values_of<Value>(matrix);
      WARP2VEC_CUDA_CHECK(cudaMemcpy(array.data(), values.data(), static_cast<std::size_t>(array.bytes()),
                                     cudaMemcpyHostToDevice));
    };
    const DeviceArray<Value> array(start.rows() * start.stride());
    set(array, start);
    const MatrixView<Value> view{array.data(), start.rows(), start.cols(), start.stride()};
    std::vector<MatrixView<float>> floats;
    std::vector<MatrixView<Bf16>> bf16;
    if constexpr (sizeof(Value) == sizeof(float))
      floats.push_back(view);
    else
      bf16.push_back(view);
    DeviceAgreement agreement(ranks, ranks.rank(), stream, floats, bf16);
    set(array, moved_matrix(start.rows(), start.cols(), ranks.rank()));
    agreement.merge(rows);
    std::vector<Value> values(static_cast<std::size_t>(array.size()));
    WARP2VEC_CUDA_CHECK(cudaMemcpy(values.data(), array.data(), static_cast<std::size_t>(array.bytes()),
                                   cudaMemcpyDeviceToHost));
    for (const Value value : values) after[static_cast<std::size_t>(ranks.rank())].push_back(value_of(value));
  });
  return after;
}

template <class Value>
std::vector<Matrix> merged_on_the_host(int size, const Matrix& start, std::int64_t rows) {
  const auto rounded = [](const Matrix& matrix) {
    Matrix copy(matrix.rows(), matrix.cols());
    for (std::int64_t i = 0; i < matrix.rows() * matrix.stride(); ++i)
      copy.row(0)[i] = value_of(as<Value>(matrix.row(0)[i]));
    return copy;
  };
  std::vector<Matrix> after(static_cast<std::size_t>(size));
  ThreadRanks(size).run([&](Ranks& ranks) {
    Embeddings embeddings;
    embeddings.input = rounded(start);
    Agreement agreement(ranks, embeddings);
    const Matrix moved = rounded(moved_matrix(start.rows(), start.cols(), ranks.rank()));
    std::copy_n(moved.row(0), moved.rows() * moved.stride(), embeddings.input.row(0));
    agreement.merge(rows);
    after[static_cast<std::size_t>(ranks.rank())] = std::move(embeddings.input);
  });
  return after;
}

// `rounding`: of a value, as a share of it; steps of up to 1 are added up besides.
template <class Value>
void expect_merged_as_on_the_host(std::int64_t rows, std::int32_t cols, std::int64_t merged, float rounding) {
  const Matrix start = moved_matrix(rows, cols, -1);
  for (const int size : {2, 3}) {
    SCOPED_TRACE(testing::Message() << rows << " x " << cols << ", " << merged << " merged by " << size);
    const auto devices = merged_on_devices<Value>(size, start, merged);
    const auto host = merged_on_the_host<Value>(size, start, merged);
    for (std::size_t rank = 0; rank < devices.size(); ++rank) {
      ASSERT_EQ(std::ssize(devices[rank]), rows * start.stride());
      float worst = 0;  // difference, as a share of what rounding may make of it
      for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t c = 0; c < start.stride(); ++c) {
          const float device = devices[rank][static_cast<std::size_t>(r * start.stride() + c)];
          const float own = host[rank].row(r)[c];
          if (r >= merged || c >= cols) {
            ASSERT_EQ(device, own) << r << " " << c;
          }
          worst = std::max(worst, std::fabs(device - own) / (rounding * std::fabs(own) + 6e-6F));
        }
      EXPECT_LE(worst, 1);
      const auto end = std::min(merged, rows) * start.stride();
      EXPECT_TRUE(std::equal(devices[rank].begin(), devices[rank].begin() + end, devices[0].begin()))
          << "all ranks have the same";
    }
  }
}

TEST_F(CudaRanks, MergeAsRanksOnCpusDo) {
  for (const std::int32_t cols : {1, 24, 33, 100})
    for (const std::int64_t merged : {0, 7, 30, 1000})
      expect_merged_as_on_the_host<float>(30, cols, merged, 1e-6F);
}

TEST_F(CudaRanks, MergeManyRowsInParts) {
  ASSERT_EQ(rows_merged_at_a_time(1024), 1023);
  expect_merged_as_on_the_host<float>(1030, 1024, 1030, 1e-6F);
}

TEST_F(CudaRanks, MergeBfloat16AsFloatsRoundedToIt) {
  for (const std::int32_t cols : {1, 24, 33})
    for (const std::int64_t merged : {7, 30}) expect_merged_as_on_the_host<Bf16>(30, cols, merged, 0x1p-8F);
}

// A fixed order of training on each GPU.
DividedRun on_gpus() {
  return {.make = [](const TrainingData& data, Ranks& ranks) {
    CudaLimits limits;
    limits.blocks = 1;
    limits.warps = 1;
    limits.no_tensor_cores = true;
    return make_cuda_backend(data, ranks.local_rank(), limits, true);
  }};
}

DividedRun by_reference() {
  return {.make = [](const TrainingData& data, Ranks&) { return make_reference_backend(data); }};
}

class CudaDividedRuns : public CudaRanks, public ::testing::WithParamInterface<Rule> {};

TEST_P(CudaDividedRuns, EqualThoseOnCpusToRounding) {
  const SyntheticCorpus corpus = zipf_corpus(60, 600, 60);
  Config config = config_of(GetParam());
  config.lr = 0.2;
  for (const int size : {2, 3}) {
    const std::vector<Outcome> gpus = run_divided(corpus, config, size, on_gpus());
    const std::vector<Outcome> cpus = run_divided(corpus, config, size, by_reference());
    for (const Outcome& gpu : gpus) {
      expect_equal_up_to_rounding(gpu, cpus[0]);
      EXPECT_TRUE(equal_bits(gpu.embeddings, gpus[0].embeddings));
      EXPECT_EQ(gpu.summary.kept_tokens, cpus[0].summary.kept_tokens);
      EXPECT_EQ(gpu.summary.wait_seconds.size(), static_cast<std::size_t>(size));
      EXPECT_GT(gpu.summary.merge_seconds, 0);
    }
    if (size == 2) {
      EXPECT_TRUE(equal_bits(run_divided(corpus, config, size, on_gpus())[0].embeddings, gpus[0].embeddings));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Rules, CudaDividedRuns,
                         ::testing::Values(Rule{"ns", Sharing::pair, 24}, Rule{"ns", Sharing::tile, 24},
                                           Rule{"ns+hs", Sharing::tile, 33},
                                           Rule{"softmax", Sharing::tile, 8}, cbow("ns", Sharing::pair, 24)),
                         rule_name);

TEST_F(CudaRanks, TrainBf16TablesToTheSameValuesOnAll) {
  const SyntheticCorpus corpus = zipf_corpus(60, 600, 60);
  const Config config = config_of({"ns", Sharing::tile, 24, TableType::bf16});
  const DividedRun run{.make = [](const TrainingData& data, Ranks& ranks) {
    return make_cuda_backend(data, ranks.local_rank(), CudaLimits{}, true);
  }};
  const std::vector<Outcome> gpus = run_divided(corpus, config, 2, run);
  EXPECT_TRUE(equal_bits(gpus[1].embeddings, gpus[0].embeddings));
  Config floats = config;
  floats.table_type = TableType::float32;
  const Outcome cpu = std::move(run_divided(corpus, floats, 2).front());
  EXPECT_EQ(gpus[0].summary.pairs, cpu.summary.pairs);
  EXPECT_NEAR(gpus[0].summary.epoch_loss.back(), cpu.summary.epoch_loss.back(),
              0.02 * cpu.summary.epoch_loss.back());
}

TEST_F(CudaRanks, GoOnFromACheckpoint) {
  const SyntheticCorpus corpus = zipf_corpus(80, 900, 60);
  const Config config = config_of("ns", Sharing::pair, 8);
  DividedRun run = on_gpus();
  run.distribution.round = 32;  // several times in an epoch
  run.distribution.all_rows_every = 64;
  const std::vector<Outcome> whole = run_divided(corpus, config, 3, run);
  OneCheckpoint checkpoint(corpus.tokens.tokens() / 2);
  run.prepare = to_first(checkpoint);
  EXPECT_TRUE(equal_bits(run_divided(corpus, config, 3, run)[0].embeddings, whole[0].embeddings));
  ASSERT_TRUE(checkpoint.taken);
  EXPECT_EQ(checkpoint.state.epoch, 0);
  run.prepare = from(checkpoint);
  run.start = &checkpoint.values;
  for (const Outcome& one : run_divided(corpus, config, 3, run))
    EXPECT_TRUE(equal_bits(one.embeddings, whole[0].embeddings));
  const auto goes_on = [&](int size, const DividedRun& how) {
    DividedRun rest = how;
    rest.prepare = run.prepare;
    rest.distribution = run.distribution;
    rest.start = run.start;
    const Outcome ended = std::move(run_divided(corpus, config, size, rest).front());
    EXPECT_EQ(ended.summary.pairs, whole[0].summary.pairs);
    EXPECT_EQ(ended.summary.kept_tokens, whole[0].summary.kept_tokens);
    EXPECT_NEAR(ended.summary.epoch_loss.back(), whole[0].summary.epoch_loss.back(),
                0.1 * whole[0].summary.epoch_loss.back());
  };
  goes_on(2, on_gpus());
  goes_on(1, on_gpus());
  goes_on(2, by_reference());
}

// Rank 0 alone writes to the host's parameters, from which the others only begin.
TEST_F(CudaRanks, ShareTheParametersOfTheHost) {
  const SyntheticCorpus corpus = zipf_corpus(40, 400, 60);
  const Config config = config_of("ns", Sharing::pair, 8);
  const DividedRun run = on_gpus();
  const std::vector<Outcome> apart = run_divided(corpus, config, 3, run);
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  for (const bool often : {false, true}) {
    Embeddings embeddings = initial_embeddings(corpus.vocabulary.size(), config);
    std::vector<std::unique_ptr<Backend>> backends(3);
    emulation::reset_device({.devices = 3});
    ThreadRanks(3).run([&](Ranks& ranks) {
      auto& backend = backends[static_cast<std::size_t>(ranks.rank())];
      backend = run.make(data, ranks);
      Checkpoints checkpoints;
      if (often) checkpoints.longest = checkpoints.epoch_end = std::chrono::milliseconds(0);
      Distribution divided = run.distribution;
      divided.ranks = &ranks;
      divided.keeps_parameters = ranks.rank() == 0;
      train(data, *backend, embeddings, {}, checkpoints, divided);
    });
    EXPECT_TRUE(equal_bits(embeddings, apart[0].embeddings));
    backends.clear();
    // Counters of loss are copied, too.
    const std::int64_t parameters = 2 * Matrix::bytes(corpus.vocabulary.size(), config.dim);
    if (often) {
      EXPECT_GT(emulation::call_log().device_to_host, 2 * parameters);
    }
  }
}

TEST_F(CudaRanks, TakeThePlannedMemory) {
  const SyntheticCorpus corpus = zipf_corpus(1000, 20000, 60);
  for (const Rule& rule : {Rule{"ns", Sharing::tile, 100}, Rule{"ns", Sharing::tile, 100, TableType::bf16},
                           Rule{"ns+hs", Sharing::tile, 100}, Rule{"hs", Sharing::pair, 100}}) {
    SCOPED_TRACE(rule_name({rule, 0}));
    const Config config = config_of(rule);
    const TrainingData data(config, corpus.vocabulary, corpus.tokens);
    DeviceUse divided;
    divided.divided = true;
    const std::int64_t planned =
        device_bytes(memory_plan(size_of(corpus.vocabulary, config), config, divided));
    EXPECT_GT(planned, device_bytes(memory_plan(size_of(corpus.vocabulary, config), config)));
    std::vector<std::unique_ptr<CudaBackend>> backends(2);
    ThreadRanks(2).run([&](Ranks& ranks) {
      auto& backend = backends[static_cast<std::size_t>(ranks.rank())];
      backend = make_cuda_backend(data, ranks.rank(), true);
      EXPECT_EQ(backend->memory().total(), planned);
      Embeddings embeddings = initial_embeddings(corpus.vocabulary.size(), data.config);
      backend->upload(embeddings);
      const std::unique_ptr<Merging> merging = backend->merging(ranks, embeddings);
      double all = 0;
      ranks.sum(std::span(&all, 1));
      if (ranks.rank() == 0) {
        EXPECT_NEAR(static_cast<double>(emulation::live_objects().bytes), 2.0 * static_cast<double>(planned),
                    0.04 * static_cast<double>(planned));
      }
      ranks.sum(std::span(&all, 1));
    });
  }
  const Config config = config_of("ns", Sharing::tile, 100);
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  const std::unique_ptr<CudaBackend> backend = make_cuda_backend(data);
  Embeddings embeddings = initial_embeddings(corpus.vocabulary.size(), config);
  backend->upload(embeddings);
  ThreadRanks(1).run([&](Ranks& ranks) {
    EXPECT_THAT(thrown_message([&] { backend->merging(ranks, embeddings); }), HasSubstr("no room to merge"));
  });
}

TEST_F(CudaRanks, OnOneGpuAreRefused) {
  const SyntheticCorpus corpus = zipf_corpus(50, 300, 60);
  const Config config = config_of("ns", Sharing::pair, 8);
  const DividedRun run{.make = [](const TrainingData& data, Ranks&) {
    return make_cuda_backend(data, 1, CudaLimits{}, true);
  }};
  EXPECT_THAT(
      thrown_message([&] { run_divided(corpus, config, 2, run); }),
      AnyOf(HasSubstr("NCCL between rank 0 and the others: invalid usage in ncclCommInitRankConfig"),
            HasSubstr("NCCL between rank 1 and the others: invalid usage in ncclCommInitRankConfig")));
}

// Makes calls of all ranks together fail, one at a time: that ends all, and nothing is left.
TEST_F(CudaRanks, AFailureOnOneEndsAll) {
  const SyntheticCorpus corpus = zipf_corpus(20, 60, 60);
  Config config = config_of("ns", Sharing::pair, 4);
  config.epochs = 1;
  DividedRun run = on_gpus();
  run.distribution.round = 16;
  run_divided(corpus, config, 3, run);
  const auto calls = emulation::call_log().calls;
  for (const char* name : {"ncclGetUniqueId", "ncclCommInitRankConfig", "ncclAllReduce",
                           "ncclAllReduce later", "ncclCommGetAsyncError", "ncclCommDestroy"})
    EXPECT_TRUE(calls.contains(name)) << name;
  EXPECT_FALSE(calls.contains("ncclCommAbort"));
  for (const auto& [name, count] : calls) {
    if (name == "cudaGetErrorString" || name == "cudaGetErrorName" || name == "cudaGetLastError") continue;
    const bool gives_back = name == "cudaFree" || name == "cudaFreeHost" || name.ends_with("Destroy");
    for (const std::int64_t which : {std::int64_t{1}, (count + 1) / 2, count}) {
      // How often each rank asks is a matter of time.
      const bool asks = name == "cudaStreamQuery" || name == "ncclCommGetAsyncError";
      if (asks && which == count) continue;
      emulation::reset_device({.devices = 3});
      emulation::fail_call(name, which, cudaErrorIllegalAddress, false);
      const std::string message = thrown_message([&] { run_divided(corpus, config, 3, run); });
      EXPECT_TRUE(emulation::live_objects().none()) << name << " " << which;
      // Destructors do not throw; each backend's and each merger's set their devices.
      if (gives_back || (name == "cudaSetDevice" && which > count - 6) || (asks && message.empty())) continue;
      EXPECT_NE(message, "") << name << " " << which << " of " << count;
      if (name == "ncclAllReduce later") {
        EXPECT_THAT(message,
                    HasSubstr("remote process exited or there was a network error in ncclAllReduce"));
      } else if (name.starts_with("nccl")) {
        EXPECT_THAT(message, HasSubstr("unhandled cuda error in " + name));
      } else {
        EXPECT_THAT(message, HasSubstr("cudaErrorIllegalAddress")) << name;
      }
      if (name.starts_with("nccl")) {
        EXPECT_THAT(message, ::testing::ContainsRegex("NCCL between rank [0-2] and the others: "));
      }
    }
  }
}

// As the host must not wait for ranks that may have failed.
TEST_F(CudaRanks, WhoWaitsWithoutAskingIsFound) {
  EXPECT_THROW(ThreadRanks(2).run([&](Ranks& ranks) {
    WARP2VEC_CUDA_CHECK(cudaSetDevice(ranks.rank()));
    const CudaStream stream;
    const DeviceArray<float> values(4);
    Communicator communicator(ranks);
    if (ranks.rank() == 1) {
      double both = 0;
      ranks.sum(std::span(&both, 1));
      return;
    }
    communicator.sum(values.data(), 4, stream);
    stream.synchronize();
  }),
               std::logic_error);
  emulation::reset_device();
}

}  // namespace
}  // namespace warp2vec
