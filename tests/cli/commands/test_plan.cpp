#include "host/cli/commands/plan.h"
#include "host/cli/run/run_costs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace warp2vec::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(CliPlan, WeightsOfOneStep) {
  const std::vector<StepCost> costs = step_costs(3000000, 100, 8, 20, 22);
  ASSERT_EQ(costs.size(), 4U);
  EXPECT_EQ(to_string(costs[0]), "100 + 3,000,000*100*8 = 2,400,000,100");
  EXPECT_EQ(to_string(costs[1]), "100*8 + 3,000,000*100 = 300,000,800");
  EXPECT_EQ(to_string(costs[2]), "100 + 100*28 = 2,900");
  EXPECT_EQ(to_string(costs[3]), "100 + 100*8*22 = 17,700");
  EXPECT_EQ(to_string(step_costs(10, 2, 3, 1, 2.5)[3]), "2 + 2*3*2.5 = 17");
}

TEST(CliPlan, TheLargestModelDoesNotOverflow) {
  EXPECT_EQ(to_string(step_costs(kMaxVocabulary, 4095, 1999, 1000, 31)[0]),
            "4095 + 2,147,483,647*4095*1999 = 17,579,097,123,399,630");
}

TEST(CliPlan, OutputSizes) {
  const CorpusSize size{1000, 7000, 0};
  EXPECT_EQ(output_bytes(size, 100, VectorFormat::binary), 9 + 7000 + 2000 + 400000);
  EXPECT_EQ(output_bytes(size, 100, VectorFormat::npy), 128 + 400000 + 7000 + 9000);
  EXPECT_EQ(output_bytes(size, 100, VectorFormat::glove), 8000 + 1200000);
}

// The layout of save_model: sections aligned to 64 bytes after a header of 24 + 32 * 6 + 4.
TEST(CliPlan, ModelSizes) {
  Config config;
  config.loss = parse_loss("hs");
  EXPECT_EQ(model_bytes({64, 190, 0}, config), 256 + 128 + 256 + 512 + 64 + 64 * 400 + 63 * 400);
  TrainOptions options;
  std::ostringstream without;
  write_plan(without, {{1000, 7000, 0}, 8, {}}, options, this_plan_machine());
  EXPECT_EQ(without.str().find("  model "), std::string::npos) << without.str();
  options.save_model = "m";
  std::ostringstream with;
  write_plan(with, {{1000, 7000, 0}, 8, {}}, options, this_plan_machine());
  EXPECT_NE(with.str().find("  model                     816 kB\n"), std::string::npos) << with.str();
}

TEST(CliPlan, TheReportSaysWhichPathLengthItUses) {
  TrainOptions options;
  std::ostringstream guessed;
  write_plan(guessed, {{3000000, 0, 0}, 8, {}}, options, this_plan_machine());
  EXPECT_NE(guessed.str().find("100 + 100*8*22 ="), std::string::npos) << guessed.str();
  EXPECT_NE(guessed.str().find("22 nodes = log2 of the vocabulary"), std::string::npos) << guessed.str();
  std::ostringstream known;
  write_plan(known, {{3000000, 0, 0}, 8, 9.5}, options, this_plan_machine());
  EXPECT_NE(known.str().find("100 + 100*8*9.5 ="), std::string::npos) << known.str();
  EXPECT_NE(known.str().find("9.5 nodes, the mean"), std::string::npos) << known.str();
}

std::string plan_of(const CorpusSize& size, const PlanMachine& machine, double words_per_second = 0,
                    Architecture model = Architecture::skip_gram) {
  TrainOptions options;
  options.config.threads = 2;
  options.config.model = model;
  std::ostringstream out;
  write_plan(out, {size, 8, {}}, options, machine, words_per_second);
  return out.str();
}

TEST(CliPlan, IdsThatDoNotFitIntoMemoryGoToADisk) {
  CorpusSize size{1000, 7000, 100'000'000};
  EXPECT_THAT(plan_of(size, {{430'000'000, "here"}, {}}),
              AllOf(HasSubstr("token ids                 400 MB\n"), Not(HasSubstr("scratch file"))));
  EXPECT_THAT(
      plan_of(size, {{400'000'000, "here"}, {}}),
      AllOf(HasSubstr("(400 MB available here)\n"),
            HasSubstr("scratch file              400 MB for word ids, which do not fit into memory\n")));
  EXPECT_THAT(plan_of(size, {{100'000, "here"}, {}}),
              AllOf(HasSubstr("(100 kB available here): does not fit\n"), Not(HasSubstr("scratch file"))));
  size.sentences = 5'000'000;  // which take 40 MB
  EXPECT_THAT(plan_of(size, {{430'000'000, "here"}, {}}), HasSubstr("scratch file"));
  EXPECT_THAT(plan_of(size, {{470'000'000, "here"}, {}}), HasSubstr("sentence ends             40.0 MB\n"));
}

TEST(CliPlan, ADiskThatIsTooSmallIsNamed) {
  EXPECT_THAT(plan_of({kMaxVocabulary, 7'000'000'000, 0}, {}), Not(HasSubstr("does not fit  ")));
  TrainOptions options;
  options.output = "v.bin";
  std::ostringstream out;
  options.config.dim = 4096;
  write_plan(out, {{kMaxVocabulary, 7'000'000'000, 0}, 8, {}}, options, {});  // 35 TB
  EXPECT_THAT(out.str(), HasSubstr("does not fit              the disk of . has "));
}

TEST(CliPlan, SaysWhichGpusAreLargeEnough) {
  const CorpusSize size{1000, 7000, 1'000'000'000};
  CudaDevices gpus;
  for (const std::int64_t free : std::vector<std::int64_t>{10'000'000'000, 1'000'000'000, 1'000'000}) {
    CudaDevice gpu;
    gpu.index = static_cast<int>(gpus.usable.size());
    gpu.name = "GPU";
    gpu.free_memory = free;
    gpus.usable.push_back(gpu);
  }
  EXPECT_THAT(plan_of(size, {{}, gpus}),
              AllOf(HasSubstr("if it streams the text\n"),
                    HasSubstr("GPU (cuda:0)              10.0 GB free: fits\n"),
                    HasSubstr("GPU (cuda:1)              1.00 GB free: fits, and streams the text\n"),
                    HasSubstr("GPU (cuda:2)              1.00 MB free: does not fit\n"),
                    Not(HasSubstr("no GPU here"))));
  EXPECT_THAT(plan_of(size, {}), HasSubstr("no GPU here               this build has no CUDA support\n"));
  EXPECT_THAT(plan_of(size, {{}, gpus}, 0, Architecture::cbow), HasSubstr("10.0 GB free: fits\n"));
}

// 30,000 words, 200 times each: 4,000 may be in flight, for which tiles of 32 suit 132 multiprocessors best.
TEST(CliPlan, SaysHowManyMultiprocessorsAreBusy) {
  std::vector<std::string> words;
  std::vector<std::pair<std::string_view, std::int64_t>> counts;
  for (int w = 0; w < 30'000; ++w) words.push_back("w" + std::to_string(w));
  for (const std::string& word : words) counts.emplace_back(word, 200);
  const Vocabulary vocabulary(counts, 1, 0);
  TrainOptions options;
  options.config.epochs = 1;
  CudaDevice gpu;
  gpu.name = "GPU";
  gpu.multiprocessors = 50;
  const auto plan = [&](int major, int multiprocessors) {
    gpu.major = major;
    std::ostringstream out;
    write_plan(out, plan_input(vocabulary, options.config), options, {{}, {{{gpu}, {}}}, multiprocessors});
    return out.str();
  };
  EXPECT_THAT(
      plan(8, 132),
      AllOf(HasSubstr("another GPU               4,000 centres in flight on 125 of 132 multiprocessors\n"),
            HasSubstr("; 3,200 centres in flight on 50 of 50 multiprocessors\n")));
  EXPECT_THAT(plan(7, 0), Not(HasSubstr("in flight")));
  options.config.sharing = Sharing::pair;
  EXPECT_THAT(plan(8, 132),
              HasSubstr("another GPU               not known: this run does not train tiles\n"));
}

TEST(CliPlan, SaysHowLongItTakesAtAGivenSpeed) {
  const CorpusSize size{1000, 7000, 5'000'000'000};
  EXPECT_THAT(plan_of(size, {}, 2.5e6),
              HasSubstr("Time at 2,500,000 words/s\n  an epoch                  33m20s\n"
                        "  all 5                     2h46m\n"));
  EXPECT_THAT(plan_of(size, {}), Not(HasSubstr("Time")));
}

}  // namespace
}  // namespace warp2vec::cli
