// How the CUDA backend uses devices: memory, streams, plans and failures, on emulated GPUs.
#include <warp2vec/error.h>

#include "host/planning/gpu_tiles.h"
#include "host/planning/memory_plan.h"
#include "kernels/backend/cuda_plan.h"
#include "kernels/backend/device_corpus.h"
#include "tests/emulated/cuda_backend_test.h"
#include "tests/plain_warp/host_warp_backend.h"
#include "tests/support/checkpoint_samples.h"
#include "tests/support/same_kept_tokens.h"
#include "tests/support/thrown_message.h"
#include "tests/support/untrusted.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using emulation::DeviceSettings;
using ::testing::HasSubstr;

TEST_F(CudaBackendTest, AStreamedCorpusTrainsLikeAResidentOne) {
  // More than two runs of the corpus, most of them skipped by subsampling.
  SyntheticCorpus corpus = zipf_corpus(50, 300, 60);
  const auto repeats = static_cast<int>(2.5 * DeviceCorpus::kRun / 300);
  TokenStream tokens;
  for (int i = 0; i < repeats; ++i) {
    for (const std::int64_t end : corpus.tokens.ends) tokens.ends.push_back(end + tokens.tokens());
    tokens.ids.insert(tokens.ids.end(), corpus.tokens.ids.begin(), corpus.tokens.ids.end());
  }
  corpus.tokens = std::move(tokens);
  Config config = config_of("ns", Sharing::tile, 4);
  config.tile_centres = 8;
  config.tile_negatives = 2;
  config.window = 1;
  config.sample = 1e-9;
  config.max_sentence = 20;
  CudaLimits limits;
  limits.blocks = 1;
  limits.warps = 1;
  limits.no_tensor_cores = true;
  const Outcome resident = run(corpus, config, cuda(limits));
  const std::int64_t once = emulation::call_log().host_to_device;
  limits.stream_corpus = true;
  const Outcome streamed = run(corpus, config, cuda(limits));
  const std::int64_t twice = emulation::call_log().host_to_device - once;
  EXPECT_GT(resident.summary.kept_tokens, 300);
  EXPECT_TRUE(equal_bits(streamed.embeddings, resident.embeddings));
  EXPECT_TRUE(equal_bits(run(corpus, config, host_warps(1, 1)).embeddings, resident.embeddings));
  // Two epochs: the resident corpus is copied once, the streamed one twice.
  EXPECT_NEAR(static_cast<double>(twice - once), 4.0 * static_cast<double>(corpus.tokens.tokens()), 200000.0);
}

// A streamed corpus would have to be copied once more, and the full softmax subsamples on the host.
TEST_F(CudaBackendTest, AResidentCorpusIsCountedOnTheDevice) {
  const SyntheticCorpus corpus = zipf_corpus(100, 30 * KeptTokens::kChunk + 7, 200);
  constexpr std::int64_t kBytes = 31 * sizeof(KeptCount);
  for (const auto& [loss, streamed, downloaded] :
       {std::tuple{"ns", false, kBytes}, std::tuple{"ns", true, std::int64_t{0}},
        std::tuple{"softmax", false, std::int64_t{0}}}) {
    for (const double sample : {0.0, 1e-4, 1e-2}) {
      Config config = config_of(loss, Sharing::tile, 4);
      config.sample = sample;
      const TrainingData data(config, corpus.vocabulary, corpus.tokens);
      CudaLimits limits;
      limits.stream_corpus = streamed;
      const std::unique_ptr<CudaBackend> backend = make_cuda_backend(data, 0, limits);
      Embeddings embeddings = initial_embeddings(corpus.vocabulary.size(), config);
      backend->upload(embeddings);
      for (const std::uint32_t epoch : {0U, 3U}) {
        const std::int64_t before = emulation::call_log().device_to_host;
        const emulation::LiveObjects live = emulation::live_objects();
        expect_same_counts(backend->kept_tokens(data, epoch), data.kept_tokens(epoch));
        EXPECT_EQ(emulation::call_log().device_to_host - before, downloaded) << loss << streamed;
        EXPECT_EQ(emulation::live_objects(), live);
      }
    }
  }
}

// A batch's data may still be in transfer, or in use by the previous batch.
TEST_F(CudaBackendTest, ManySmallBatchesTrainLikeOne) {
  const SyntheticCorpus corpus = zipf_corpus(60, 600, 60);
  const auto in_small_batches = [](const TrainingData& data) {
    CudaLimits limits;
    limits.blocks = 1;
    limits.warps = 1;
    limits.no_tensor_cores = true;
    limits.stream_corpus = true;
    return std::make_unique<Rebatched>(make_cuda_backend(data, 0, limits), 16);
  };
  Config config = config_of("ns+hs", Sharing::tile);
  config.tile_centres = 16;
  EXPECT_TRUE(equal_bits(run(corpus, config, in_small_batches).embeddings,
                         run(corpus, config, host_warps(1, 1)).embeddings));
  config.loss = parse_loss("softmax");
  EXPECT_TRUE(equal_bits(run(corpus, config, in_small_batches).embeddings,
                         run(corpus, config, cuda(1, 1)).embeddings));
}

// A block that trains alone has an order: a run that goes on is the run that was never stopped, so nothing is
// state but the parameters and the place, neither the copies of nodes that blocks keep nor the rounding of
// bf16.
TEST_F(CudaBackendTest, ARunGoesOnBitForBitFromEveryBatch) {
  const SyntheticCorpus corpus = zipf_corpus(40, 160, 40);
  for (const bool plain : {true, false}) {
    const auto in_small_batches = [plain](const TrainingData& data) {
      CudaLimits limits;
      limits.blocks = 1;
      limits.warps = plain ? 1 : 2;
      limits.no_tensor_cores = plain;
      return std::make_unique<Rebatched>(make_cuda_backend(data, 0, limits), 16);
    };
    std::vector<Rule> rules{{"ns", Sharing::tile, 8}, {"hs", Sharing::tile, 8}};
    if (plain)
      rules.insert(rules.end(), {{"softmax", Sharing::tile, 8},
                                 {"ns+hs", Sharing::pair, 8},
                                 cbow("softmax", Sharing::tile, 8),
                                 cbow("ns+hs", Sharing::tile, 8)});
    else
      rules.insert(rules.end(), {{"ns", Sharing::tile, 8, TableType::bf16}, cbow("ns+hs", Sharing::tile, 8)});
    for (const Rule& rule : rules) {
      Config config = config_of(rule);
      config.tile_centres = 16;
      config.tile_negatives = 4;
      const Outcome whole = run(corpus, config, in_small_batches);
      const std::vector<Moment> moments = moments_of(corpus, config, in_small_batches);
      ASSERT_GE(moments.size(), 6U);
      for (std::size_t i = 0; i < moments.size(); i += 4) {
        const Outcome resumed = resume(corpus, config, in_small_batches, moments[i]);
        EXPECT_TRUE(equal_bits(resumed.embeddings, whole.embeddings)) << ::testing::PrintToString(rule) << i;
        EXPECT_EQ(resumed.summary.pairs, whole.summary.pairs);
      }
    }
  }
}

// Batches of the two differ; tiles do not.
TEST_F(CudaBackendTest, ARunGoesOnOnAnotherDevice) {
  const SyntheticCorpus corpus = zipf_corpus(60, 250, 60);
  for (const Rule& rule :
       {Rule{"ns", Sharing::tile, 8}, Rule{"ns+hs", Sharing::pair, 8}, Rule{"softmax", Sharing::tile, 8},
        cbow("ns+hs", Sharing::tile, 8), cbow("softmax", Sharing::tile, 8)}) {
    Config config = config_of(rule);
    config.tile_centres = 16;
    const Outcome whole = run(corpus, config, make_reference_backend);
    const auto expect_whole = [&](const MakeBackend& first, const MakeBackend& second) {
      const Moment moment = std::move(moments_of(corpus, config, first).at(1));
      const Outcome resumed = resume(corpus, config, second, moment);
      EXPECT_EQ(resumed.summary.pairs, whole.summary.pairs);
      EXPECT_EQ(resumed.summary.kept_tokens, whole.summary.kept_tokens);
      EXPECT_LT(largest_difference(resumed.embeddings.input, whole.embeddings.input), 1e-4);
    };
    const auto gpu_in_small_batches = [](const TrainingData& data) {
      return std::make_unique<Rebatched>(cuda(1, 1)(data), 48);
    };
    expect_whole(make_reference_backend, cuda(1, 1));
    expect_whole(gpu_in_small_batches, make_cpu_backend);
  }
}

// Emulated events record real times.
TEST_F(CudaBackendTest, KernelsAreTimedBatchByBatch) {
  const SyntheticCorpus corpus = zipf_corpus(60, 600, 60);
  for (const auto& [loss, streamed] :
       {std::pair{"ns", false}, std::pair{"ns", true}, std::pair{"softmax", false}}) {
    emulation::reset_device();
    Config config = config_of(loss, Sharing::tile, 8);
    config.tile_centres = 16;
    const TrainingData data(config, corpus.vocabulary, corpus.tokens);
    CudaLimits limits;
    limits.stream_corpus = streamed;
    std::unique_ptr<CudaBackend> made = make_cuda_backend(data, 0, limits);
    const CudaBackend& backend = *made;
    Rebatched rebatched(std::move(made), 32);
    EXPECT_EQ(backend.kernel_seconds().kernels, 0);
    std::vector<double> seconds;  // at each epoch's end
    Embeddings embeddings = initial_embeddings(corpus.vocabulary.size(), config);
    const TrainingSummary summary = train(data, rebatched, embeddings, [&](const Progress& progress) {
      if (progress.epoch_end) seconds.push_back(backend.kernel_seconds().kernels);
      return true;
    });
    ASSERT_EQ(seconds.size(), 2U);
    EXPECT_GT(seconds[0], 0);
    EXPECT_GT(seconds[1], seconds[0]);
    EXPECT_EQ(backend.kernel_seconds().kernels, seconds[1]);
    EXPECT_LT(backend.kernel_seconds().kernels + backend.kernel_seconds().subsampling, summary.seconds);
    const bool subsamples = config.loss.negative_sampling;
    EXPECT_EQ(backend.kernel_seconds().subsampling > 0, subsamples);
    std::int64_t intervals = 0;  // each batch's subsampling and training, and counting
    for (const std::uint32_t epoch : {0U, 1U}) {
      const std::int64_t batches = (data.kept_tokens(epoch).size() + 31) / 32;
      intervals += subsamples ? 2 * batches + (streamed ? 0 : 1) : batches;
    }
    EXPECT_EQ(emulation::call_log().calls["cudaEventElapsedTime"], intervals) << loss << streamed;
  }
}

TEST_F(CudaBackendTest, ScratchThatDoesNotFitIntoSharedMemoryIsGlobal) {
  const SyntheticCorpus corpus = zipf_corpus(60, 300, 60);
  Config config = config_of("ns", Sharing::tile, 700);
  config.tile_centres = 100;
  EXPECT_TRUE(equal_bits(run(corpus, config, cuda(2, 1)).embeddings,
                         run(corpus, config, host_warps(2, 1)).embeddings));
}

TEST_F(CudaBackendTest, AnOldGpuHasLessSharedMemory) {
  emulation::device_settings().major = 7;
  emulation::device_settings().minor = 5;
  const SyntheticCorpus corpus = zipf_corpus(60, 300, 60);
  const Config config = config_of("ns", Sharing::tile, 300);
  EXPECT_TRUE(equal_bits(run(corpus, config, cuda(1, 1)).embeddings,
                         run(corpus, config, host_warps(1, 1)).embeddings));
}

// They share the kernel and its limit of shared memory.
TEST_F(CudaBackendTest, ASecondBackendDoesNotDisturbTheFirst) {
  const SyntheticCorpus corpus = zipf_corpus(60, 100, 60);
  const Config large = config_of("ns", Sharing::tile, 300);
  const Config small = config_of("ns", Sharing::tile, 40);
  const TrainingData large_data(large, corpus.vocabulary, corpus.tokens);
  const TrainingData small_data(small, corpus.vocabulary, corpus.tokens);
  const std::unique_ptr<CudaBackend> first = make_cuda_backend(large_data);
  const std::unique_ptr<CudaBackend> second = make_cuda_backend(small_data);
  Embeddings embeddings = initial_embeddings(corpus.vocabulary.size(), large);
  EXPECT_GT(train(large_data, *first, embeddings).pairs, 0);
}

TEST_F(CudaBackendTest, SmallCorporaGetFewCentresInFlight) {
  emulation::device_settings().multiprocessors = 132;
  const auto in_flight = [](std::int64_t tokens, const char* loss, Sharing sharing) {
    const SyntheticCorpus corpus = zipf_corpus(1000, tokens, 60);
    const Config config = config_of(loss, sharing);
    const TrainingData data(config, corpus.vocabulary, corpus.tokens);
    return make_cuda_backend(data)->centres_in_flight();
  };
  EXPECT_EQ(in_flight(5000, "ns", Sharing::tile), 64);
  EXPECT_EQ(in_flight(5000, "hs", Sharing::tile), 8);
  EXPECT_EQ(in_flight(5000, "hs", Sharing::window), 8);
  EXPECT_GT(in_flight(1000000, "ns", Sharing::tile), in_flight(300000, "ns", Sharing::tile));
  EXPECT_EQ(in_flight(5000, "softmax", Sharing::tile), 64);
}

// A word's row gets the gradient of each window that it is in, of a sum n-fold.
TEST_F(CudaBackendTest, CbowHasAsManyCentresInFlightAsItsGradientsAllow) {
  const SyntheticCorpus corpus = zipf_corpus(1000, 300000, 60);
  const auto harmless = [&](Config config) {
    config.epochs = 100;  // gradients of the most frequent word limit, not the length of training
    const TrainingData data(config, corpus.vocabulary, corpus.tokens);
    return harmless_centres_in_flight(corpus.vocabulary, config, corpus.tokens.tokens()).negatives;
  };
  Config config = config_of("ns", Sharing::tile);
  const auto skip_gram = static_cast<double>(harmless(config));
  config.model = Architecture::cbow;
  EXPECT_EQ(static_cast<double>(harmless(config)), skip_gram);
  config.cbow_gradient = CbowGradient::exact;  // of six windows, which divide it by their contexts
  EXPECT_NEAR(static_cast<double>(harmless(config)), 6 * skip_gram, 6);
  config.cbow_gradient = CbowGradient::full;
  config.cbow_sum = true;
  EXPECT_LT(static_cast<double>(harmless(config)), skip_gram / 4);
}

// Where quality allows less than a whole tile for each multiprocessor. With more, whole tiles are faster.
TEST_F(CudaBackendTest, SmallerTilesKeepMoreMultiprocessorsBusy) {
  const SyntheticCorpus corpus = zipf_corpus(1000, 300000, 60);
  for (const char* loss : {"ns", "ns+hs"}) {
    Config config = config_of(loss, Sharing::tile);
    config.epochs = 1;
    const TrainingData data(config, corpus.vocabulary, corpus.tokens);
    const std::int64_t harmless =
        harmless_centres_in_flight(corpus.vocabulary, config, corpus.tokens.tokens()).negatives;
    ASSERT_GE(harmless, 64);
    const auto plan = [&](int multiprocessors) {
      CudaDevice device = find_cuda_devices(true).usable.at(0);
      device.multiprocessors = multiprocessors;
      return plan_cuda(data, device, {}, false);
    };
    for (const int multiprocessors : {1, 2, 132}) {
      const CudaPlan planned = plan(multiprocessors);
      EXPECT_LE(planned.in_flight.negatives, harmless);
      EXPECT_EQ(planned.in_flight.negatives, planned.blocks * planned.tile_centres);
      EXPECT_EQ(64 % planned.tile_centres, 0);
    }
    EXPECT_EQ(plan(1).tile_centres, 64);
    EXPECT_LT(plan(132).tile_centres, 64) << loss;
    EXPECT_GT(plan(132).blocks, harmless / 64) << loss;
    // As `warp2vec plan` says of GPUs that are not there.
    const GpuTiles tiles = choose_gpu_tiles(
        config, 132, harmless_centres_in_flight(corpus.vocabulary, config, corpus.tokens.tokens()));
    EXPECT_EQ(plan(132).tile_centres, tiles.centres) << loss;
    EXPECT_EQ(plan(132).blocks, tiles.blocks) << loss;
    emulation::device_settings().multiprocessors = 132;
    EXPECT_EQ(make_cuda_backend(data)->busy_multiprocessors(), plan(132).blocks);
  }
}

TEST_F(CudaBackendTest, ATinyCorpusDoesNotDiverge) {
  emulation::device_settings().multiprocessors = 132;
  const SyntheticCorpus corpus = zipf_corpus(20, 250, 60);
  for (const char* loss : {"ns", "hs", "softmax"}) {
    Config config = config_of(loss, Sharing::tile, 8);
    config.epochs = 2;
    config.sample = 0;
    config.lr = 0.1;
    const Outcome gpu = run(corpus, config, cuda());
    const Outcome cpu = run(corpus, config, make_reference_backend);
    EXPECT_LT(gpu.summary.epoch_loss.back(), 1.1 * cpu.summary.epoch_loss.back()) << loss;
  }
}

TEST_F(CudaBackendTest, MemoryIsPlannedBeforeItIsTaken) {
  const SyntheticCorpus corpus = zipf_corpus(1000, 20000, 60);
  for (const Rule& rule :
       {Rule{"ns", Sharing::tile, 100}, Rule{"ns", Sharing::tile, 100, TableType::bf16},
        Rule{"ns", Sharing::window, 100}, Rule{"hs", Sharing::pair, 100}, Rule{"ns+hs", Sharing::tile, 100},
        Rule{"softmax", Sharing::tile, 100}, cbow("ns", Sharing::tile, 100),
        cbow("ns+hs", Sharing::pair, 100), cbow("softmax", Sharing::tile, 100)}) {
    emulation::reset_device();
    SCOPED_TRACE(rule_name({rule, 0}));
    const Config config = config_of(rule);
    const TrainingData data(config, corpus.vocabulary, corpus.tokens);
    const std::unique_ptr<CudaBackend> backend = make_cuda_backend(data);
    Embeddings embeddings = initial_embeddings(corpus.vocabulary.size(), data.config);
    backend->upload(embeddings);
    // Tables of hot rows and counters are negligible.
    const std::int64_t planned = backend->memory().total();
    EXPECT_NEAR(static_cast<double>(emulation::live_objects().bytes), static_cast<double>(planned),
                0.02 * static_cast<double>(planned));
    // The estimate of a build without CUDA.
    EXPECT_EQ(device_bytes(memory_plan(size_of(corpus.vocabulary, config), config)), planned);
  }
}

TEST_F(CudaBackendTest, ACorpusThatDoesNotFitIsStreamed) {
  SyntheticCorpus corpus = zipf_corpus(100, 1000, 60);
  corpus.tokens.ids.resize(static_cast<std::size_t>(3 * DeviceCorpus::kRun), WordId{0});
  corpus.tokens.ends.push_back(corpus.tokens.tokens());
  const Config config = config_of("ns", Sharing::tile);
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  const CudaMemoryPlan all = make_cuda_backend(data)->memory();
  EXPECT_TRUE(all.corpus_resident);
  // A streamed corpus takes two runs instead of three. 256 MiB are reserved for CUDA itself.
  emulation::device_settings().memory =
      static_cast<std::size_t>(all.total() - DeviceCorpus::kRun + (std::int64_t{256} << 20));
  const CudaMemoryPlan streamed = make_cuda_backend(data)->memory();
  EXPECT_FALSE(streamed.corpus_resident);
  EXPECT_EQ(streamed.total(), all.total() - 4 * DeviceCorpus::kRun);
}

TEST_F(CudaBackendTest, TooLittleMemoryIsAClearError) {
  emulation::device_settings().memory = std::size_t{300} << 20;
  const SyntheticCorpus corpus = zipf_corpus(30000, 100000, 60);
  const Config config = config_of("ns", Sharing::tile, 1000);
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  const std::string message = thrown_message([&] { make_cuda_backend(data); });
  EXPECT_THAT(message, HasSubstr("training needs"));
  EXPECT_THAT(message, HasSubstr("input vectors"));
  EXPECT_THAT(message, HasSubstr("--dim"));
  EXPECT_EQ(emulation::call_log().calls["cudaMalloc"], 0);
}

TEST_F(CudaBackendTest, AGpuThatIsNotThereIsAClearError) {
  const SyntheticCorpus corpus = zipf_corpus(50, 300, 60);
  const Config config = config_of("ns", Sharing::tile);
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  EXPECT_THAT(thrown_message([&] { make_cuda_backend(data, 3); }), HasSubstr("there is no GPU 3"));
  emulation::device_settings().driver = false;
  EXPECT_THAT(thrown_message([&] { make_cuda_backend(data); }), HasSubstr("no NVIDIA driver"));
}

TEST_F(CudaBackendTest, LongVectorsAreRefused) {
  const SyntheticCorpus corpus = zipf_corpus(50, 300, 60);
  const Config config = config_of("ns", Sharing::tile, 1025);
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  EXPECT_THAT(thrown_message([&] { make_cuda_backend(data); }), HasSubstr("at most 1024"));
}

// Makes every runtime call of a training fail once.
TEST_F(CudaBackendTest, EveryFailingCallIsReportedAndNothingLeaks) {
  const SyntheticCorpus corpus = zipf_corpus(20, 60, 60);
  const auto bf16 = TableType::bf16;
  const auto floats = TableType::float32;
  for (const auto& [loss, type, streamed] :
       {std::tuple{"ns+hs", floats, false}, std::tuple{"ns+hs", floats, true},
        std::tuple{"softmax", floats, false}, std::tuple{"ns", floats, false},
        std::tuple{"ns", bf16, true}}) {
    Config config = config_of(loss, Sharing::tile, 4);
    config.table_type = type;
    config.tile_centres = 16;
    config.tile_negatives = 4;
    CudaLimits limits;
    limits.blocks = 1;
    limits.warps = 1;
    limits.stream_corpus = streamed;
    emulation::reset_device();
    run(corpus, config, cuda(limits));
    const auto calls = emulation::call_log().calls;
    for (const auto& [name, count] : calls) {
      if (name == "cudaGetErrorString" || name == "cudaGetErrorName" || name == "cudaGetLastError") continue;
      const bool gives_back = name == "cudaFree" || name == "cudaFreeHost" || name.ends_with("Destroy") ||
                              name == "cublasDestroy";
      for (const std::int64_t which : {std::int64_t{1}, (count + 1) / 2, count}) {
        emulation::reset_device();
        emulation::fail_call(name, which, cudaErrorIllegalAddress, false);
        const std::string message = thrown_message([&] { run(corpus, config, cuda(limits)); });
        // Destructors do not throw; the backend's sets its device, last of all.
        if (gives_back || (name == "cudaSetDevice" && which == count)) continue;
        EXPECT_NE(message, "") << name << " " << which << " of " << count;
        if (!name.starts_with("cublas")) {
          EXPECT_THAT(message, HasSubstr("cudaErrorIllegalAddress")) << name;
        }
        EXPECT_TRUE(emulation::live_objects().none()) << name << " " << which;
      }
    }
    emulation::reset_device();
  }
}

// Resident and streamed, and the full softmax, whose pairs the host lists.
TEST_F(CudaBackendTest, TrustsNobody) {
  CudaLimits small;
  small.blocks = 1;
  small.warps = 1;
  CudaLimits streamed = small;
  streamed.stream_corpus = true;
  Config config = untrusted_config();
  config.tile_negatives = 4;
  for (const CudaLimits& limits : {small, streamed}) {
    expect_wrong_tokens_are_errors(cuda(limits), config);
    expect_exceptions_pass(cuda(limits), config, 1500);
  }
  expect_wrong_parameters_are_errors(cuda(small), "ns+hs");
  expect_wrong_parameters_are_errors(cuda(small), "softmax");
}

TEST_F(CudaBackendTest, AFailureNamesItsCallAndPlace) {
  const SyntheticCorpus corpus = zipf_corpus(50, 300, 60);
  emulation::fail_call("cudaLaunchKernelEx", 1, cudaErrorLaunchFailure, true);
  const std::string message =
      thrown_message([&] { run(corpus, config_of("ns", Sharing::tile), cuda(1, 1)); });
  EXPECT_THAT(message, HasSubstr("cudaErrorLaunchFailure"));
  EXPECT_THAT(message, HasSubstr("cudaLaunchKernelEx"));
  EXPECT_THAT(message, HasSubstr("launch.h:"));
}

TEST(CudaDevicesTest, SayWhyThereIsNone) {
  DeviceSettings settings;
  settings.driver = false;
  emulation::reset_device(settings);
  EXPECT_TRUE(find_cuda_devices().usable.empty());
  EXPECT_THAT(find_cuda_devices().problems, ::testing::ElementsAre(HasSubstr("no NVIDIA driver")));
  settings.driver = true;
  settings.devices = 0;
  emulation::reset_device(settings);
  EXPECT_THAT(find_cuda_devices().problems, ::testing::ElementsAre(HasSubstr("no NVIDIA GPU")));
  settings.devices = 2;
  settings.major = 3;
  settings.minor = 7;
  emulation::reset_device(settings);
  EXPECT_THAT(find_cuda_devices().problems,
              ::testing::Each(::testing::AllOf(HasSubstr("compute capability 3.7"), HasSubstr("too old"))));
  EXPECT_EQ(find_cuda_devices().problems.size(), 2U);
}

TEST(CudaDevicesTest, DescribeThoseThatThereAre) {
  DeviceSettings settings;
  settings.devices = 2;
  emulation::reset_device(settings);
  const CudaDevices devices = find_cuda_devices();
  EXPECT_TRUE(devices.problems.empty());
  ASSERT_EQ(devices.usable.size(), 2U);
  EXPECT_EQ(devices.usable[1].index, 1);
  EXPECT_EQ(devices.usable[1].major, 9);
  EXPECT_EQ(devices.usable[1].multiprocessors, 2);
  EXPECT_EQ(devices.usable[1].memory, std::int64_t{1} << 30);
  EXPECT_EQ(devices.usable[1].free_memory, 0);
  EXPECT_EQ(find_cuda_devices(true).usable[1].free_memory, std::int64_t{1} << 30);
  EXPECT_THAT(cuda_build(), HasSubstr("7.5, 8.0, 9.0"));
}

}  // namespace
}  // namespace warp2vec
