// --device: the choice between requested and available devices.
#include "host/cli/flags/device_choice.h"
#include "host/cli/flags/usage_error.h"
#include "host/cli/terminal/gpu_text.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace warp2vec::cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

CudaDevice h100(int index) {
  return {index, "NVIDIA H100 80GB HBM3", 9, 0, 132, 85'000'000'000, 84'000'000'000};
}

const std::string kTooOld = "GPU 1 (Tesla K80, compute capability 3.7) is too old for this build";
const std::string kNoDriver = "no NVIDIA driver was found";
const std::string kNoGpu = "no GPU is visible to the driver";

const std::optional<CudaDevices> kNotInBuild;
const std::optional<CudaDevices> kTwo = CudaDevices{{h100(0), h100(2)}, {kTooOld}};
const std::optional<CudaDevices> kOnlyOld = CudaDevices{{}, {kTooOld}};
const std::optional<CudaDevices> kWithoutDriver = CudaDevices{{}, {kNoDriver}};
const std::optional<CudaDevices> kWithoutGpu = CudaDevices{{}, {kNoGpu}};

Config deterministic() {
  Config config;
  config.deterministic = true;
  return config;
}

Config of_dim(std::int32_t dim) {
  Config config;
  config.dim = dim;
  return config;
}

DeviceChoice choose(const std::string& device, const std::optional<CudaDevices>& gpus,
                    const Config& config = {}) {
  return choose_device(parse_device(device), config, gpus);
}

TEST(CliDevice, IsParsedAndPrinted) {
  EXPECT_EQ(parse_device("auto").kind, DeviceKind::automatic);
  EXPECT_EQ(parse_device("cpu").kind, DeviceKind::cpu);
  EXPECT_EQ(parse_device("reference").kind, DeviceKind::reference);
  EXPECT_EQ(parse_device("cuda").kind, DeviceKind::cuda);
  EXPECT_THAT(parse_device("cuda").indices, IsEmpty());
  EXPECT_THAT(parse_device("cuda:0").indices, ElementsAre(0));
  EXPECT_THAT(parse_device("cuda:12").indices, ElementsAre(12));
  EXPECT_THAT(parse_device("cuda:12,0,3").indices, ElementsAre(12, 0, 3));
  for (const char* device : {"auto", "cpu", "reference", "cuda", "cuda:3", "cuda:3,0"})
    EXPECT_EQ(to_string(parse_device(device)), device);
}

TEST(CliDevice, MistakesAreUsageErrors) {
  for (const char* device : {"", "gpu", "tpu", "CUDA", "cuda:", "cuda:x", "cuda:-1", "cuda:1x", "cuda0",
                             "cpu:0", "cuda: 1", "cuda:0,", "cuda:,0", "cuda:0,,1", "cuda:0,x", "cpu,0"})
    EXPECT_EQ(thrown_message([&] { parse_device(device); }),
              "--device " + std::string(device) +
                  " is not known: expected auto, cpu, cuda, cuda:N, cuda:N,M,... or reference");
  EXPECT_EQ(thrown_message([] { parse_device("cuda:2,0,2"); }), "--device cuda:2,0,2: GPU 2 is given twice");
  EXPECT_THROW(parse_device("tpu"), UsageError);
  EXPECT_THAT(thrown_message([] { parse_device("cuda:99999999999"); }),
              AllOf(HasSubstr("--device"), HasSubstr("99999999999 is too large")));
}

TEST(CliDevice, Bf16TablesNeedAGpu) {
  Config config;
  config.table_type = TableType::bf16;
  EXPECT_EQ(choose("auto", kTwo, config).kind, DeviceKind::cuda);
  EXPECT_EQ(choose("cuda:2", kTwo, config).kind, DeviceKind::cuda);
  const auto message = [&](const char* device, const std::optional<CudaDevices>& gpus) {
    return thrown_message([&] { choose(device, gpus, config); });
  };
  EXPECT_EQ(message("auto", kWithoutDriver), "--table-type bf16 needs a GPU: " + kNoDriver);
  EXPECT_EQ(message("auto", kNotInBuild), "--table-type bf16 needs a GPU: this build has no CUDA support");
  EXPECT_EQ(message("cpu", kTwo), "--table-type bf16 needs a GPU: not --device cpu");
  EXPECT_EQ(message("reference", kTwo), "--table-type bf16 needs a GPU: not --device reference");
  config.deterministic = true;
  EXPECT_EQ(message("auto", kTwo), "--table-type bf16 needs a GPU: --deterministic is not possible on a GPU");
}

TEST(CliDevice, CpuAndReferenceNeedNoGpu) {
  for (const auto& gpus : {kNotInBuild, kTwo, kOnlyOld}) {
    EXPECT_EQ(choose("cpu", gpus).kind, DeviceKind::cpu);
    EXPECT_EQ(choose("cpu", gpus).note, "");
    EXPECT_EQ(choose("reference", gpus, deterministic()).kind, DeviceKind::reference);
  }
}

TEST(CliDevice, AutoTakesTheFirstUsableGpuAndSaysWhich) {
  const DeviceChoice choice = choose("auto", kTwo);
  EXPECT_EQ(choice.kind, DeviceKind::cuda);
  ASSERT_EQ(choice.gpus.size(), 1U);
  EXPECT_EQ(choice.gpus[0].index, 0);
  EXPECT_EQ(choice.note, "training on NVIDIA H100 80GB HBM3 (cuda:0)");
}

TEST(CliDevice, AutoIsQuietWhereNoGpuWasToBeExpected) {
  for (const auto& gpus : {kNotInBuild, kWithoutDriver}) {
    EXPECT_EQ(choose("auto", gpus).kind, DeviceKind::cpu);
    EXPECT_EQ(choose("auto", gpus).note, "");
  }
}

TEST(CliDevice, AutoSaysWhyAGpuIsNotUsed) {
  const auto note = [](const std::optional<CudaDevices>& gpus, const Config& config) {
    const DeviceChoice choice = choose("auto", gpus, config);
    EXPECT_EQ(choice.kind, DeviceKind::cpu);
    EXPECT_THAT(choice.gpus, IsEmpty());
    return choice.note;
  };
  EXPECT_EQ(note(kOnlyOld, {}), "training on the CPU: " + kTooOld);
  EXPECT_EQ(note(kWithoutGpu, {}), "training on the CPU: " + kNoGpu);
  EXPECT_EQ(note(CudaDevices{{}, {kNoGpu, kTooOld}}, {}), "training on the CPU: " + kNoGpu + "; " + kTooOld);
  EXPECT_EQ(note(kTwo, deterministic()), "training on the CPU: --deterministic is not possible on a GPU");
  EXPECT_EQ(note(kTwo, of_dim(1025)), "training on the CPU: a GPU trains vectors up to --dim 1024");
  EXPECT_EQ(choose("auto", kTwo, of_dim(1024)).kind, DeviceKind::cuda);
}

TEST(CliDevice, CudaTakesTheGpuThatWasAskedFor) {
  EXPECT_EQ(choose("cuda", kTwo).gpus.at(0).index, 0);
  EXPECT_EQ(choose("cuda:2", kTwo).gpus.at(0).index, 2);
  EXPECT_EQ(choose("cuda:2", kTwo).kind, DeviceKind::cuda);
  EXPECT_EQ(choose("cuda:2", kTwo).note, "training on NVIDIA H100 80GB HBM3 (cuda:2)");
}

TEST(CliDevice, SeveralTrainTogether) {
  const DeviceChoice named = choose("cuda:2,0", kTwo);
  ASSERT_EQ(named.gpus.size(), 2U);
  EXPECT_EQ(named.gpus[0].index, 2);
  EXPECT_EQ(named.gpus[1].index, 0);
  EXPECT_EQ(named.note, "training on NVIDIA H100 80GB HBM3 (cuda:2), NVIDIA H100 80GB HBM3 (cuda:0)");
  const DeviceChoice first = choose_device({DeviceKind::cuda, {}, 2}, {}, kTwo);
  ASSERT_EQ(first.gpus.size(), 2U);
  EXPECT_EQ(first.gpus[1].index, 2);
  EXPECT_EQ(choose_device({DeviceKind::cuda, {}, 1}, {}, kTwo).gpus.size(), 1U);
  const std::string usable = "usable: NVIDIA H100 80GB HBM3 (cuda:0), NVIDIA H100 80GB HBM3 (cuda:2); ";
  EXPECT_EQ(thrown_message([] {
              choose_device({DeviceKind::cuda, {}, 3}, {}, kTwo);
            }),
            "--gpus 3: only 2 are " + usable + kTooOld);
  EXPECT_EQ(thrown_message([] { choose("cuda:0,1", kTwo); }),
            "--device cuda:0,1: cuda:1 is not usable; " + usable + kTooOld);
  EXPECT_EQ(thrown_message([] {
              choose_device({DeviceKind::cuda, {}, 3}, {}, kWithoutDriver);
            }),
            "--gpus 3: " + kNoDriver + "; use --device cpu");
}

TEST(CliDevice, ProcessesHaveOneEach) {
  const DeviceRequest any = parse_device("cuda");
  EXPECT_THAT(own_gpu(any, kTwo, 0, 2).indices, ElementsAre(0));
  EXPECT_THAT(own_gpu(any, kTwo, 1, 2).indices, ElementsAre(2));
  EXPECT_THAT(own_gpu(parse_device("cuda:2"), kTwo, 5, 6).indices, ElementsAre(2)) << "of those that it sees";
  EXPECT_THAT(own_gpu(parse_device("cpu"), kTwo, 5, 6).indices, IsEmpty());
  EXPECT_EQ(thrown_message([&] { own_gpu(any, kTwo, 2, 3); }),
            "--device cuda: this machine has 3 processes (mpirun), which need a GPU each, and only 2 are "
            "usable: NVIDIA H100 80GB HBM3 (cuda:0), NVIDIA H100 80GB HBM3 (cuda:2); " +
                kTooOld);
}

TEST(CliDevice, CudaWithoutOneSaysWhy) {
  const auto refusal = [](const std::string& device, const std::optional<CudaDevices>& gpus,
                          const Config& config = {}) {
    EXPECT_THROW(choose(device, gpus, config), UsageError);
    return thrown_message([&] { choose(device, gpus, config); });
  };
  for (const std::string device : {"cuda", "cuda:0"}) {
    const std::string flag = "--device " + device;
    EXPECT_EQ(refusal(device, kNotInBuild), flag + ": this build has no CUDA support; use --device cpu");
    EXPECT_EQ(refusal(device, kWithoutDriver), flag + ": " + kNoDriver + "; use --device cpu");
    EXPECT_EQ(refusal(device, kWithoutGpu), flag + ": " + kNoGpu + "; use --device cpu");
    EXPECT_EQ(refusal(device, kOnlyOld), flag + ": " + kTooOld + "; use --device cpu");
    EXPECT_EQ(refusal(device, CudaDevices{}), flag + ": no GPU was found; use --device cpu");
    EXPECT_THAT(refusal(device, kTwo, deterministic()),
                HasSubstr("--deterministic is not possible with " + flag));
    EXPECT_EQ(refusal(device, kTwo, of_dim(1025)),
              "--dim 1025 is too large for " + flag + ": expected at most 1024");
  }
  EXPECT_EQ(refusal("cuda:1", kTwo),
            "--device cuda:1 is not usable; usable: NVIDIA H100 80GB HBM3 (cuda:0), NVIDIA H100 80GB HBM3 "
            "(cuda:2); " +
                kTooOld);
}

TEST(CliDevice, GpusAreListedLineByLine) {
  EXPECT_THAT(describe_gpus(kNotInBuild), ElementsAre("this build has no CUDA support"));
  EXPECT_THAT(describe_gpus(CudaDevices{}), ElementsAre("no GPU was found"));
  EXPECT_THAT(describe_gpus(kWithoutDriver), ElementsAre(kNoDriver));
  EXPECT_THAT(
      describe_gpus(CudaDevices{{h100(0)}, {kTooOld}}),
      ElementsAre(
          "cuda:0  NVIDIA H100 80GB HBM3, compute capability 9.0, 85.0 GB of memory, 84.0 GB free, 132 "
          "multiprocessors",
          kTooOld));
}

TEST(CliDevice, ThePlanOfARunNamesEveryItem) {
  GpuRun run{h100(0),   {{{"input vectors", 2'000'000}, {"token ids", 400}}, 84'000'000'000, true},
             2'000'400, 4096,
             64,        true,
             {}};
  EXPECT_THAT(
      describe_run(run),
      ElementsAre(
          "memory on NVIDIA H100 80GB HBM3 (cuda:0): 2.00 MB of 84.0 GB free: input vectors 2.00 "
          "MB, token ids 400 bytes",
          "the corpus stays on the GPU; 4,096 centres in flight on 64 of 132 multiprocessors; tiles on "
          "tensor cores"));
  run.memory.corpus_resident = false;
  run.tensor_cores = false;
  EXPECT_EQ(describe_run(run).at(1),
            "the corpus is streamed to the GPU in every epoch; 4,096 centres in flight on 64 of 132 "
            "multiprocessors");
}

}  // namespace
}  // namespace warp2vec::cli
