#include "host/cli/commands/plan.h"
#include "host/cli/run/run_costs.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace warp2vec::cli {
namespace {

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
  EXPECT_EQ(output_bytes(size, 100, VectorFormat::npy), 128 + 400000 + 8000);
  EXPECT_EQ(output_bytes(size, 100, VectorFormat::glove), 8000 + 1200000);
}

// The layout of save_model: sections aligned to 64 bytes after a header of 24 + 32 * 6 + 4.
TEST(CliPlan, ModelSizes) {
  Config config;
  config.loss = parse_loss("hs");
  EXPECT_EQ(model_bytes({64, 190, 0}, config), 256 + 128 + 256 + 512 + 64 + 64 * 400 + 63 * 400);
  TrainOptions options;
  std::ostringstream without;
  write_plan(without, {{1000, 7000, 0}, 8, {}}, options);
  EXPECT_EQ(without.str().find("  model "), std::string::npos) << without.str();
  options.save_model = "m";
  std::ostringstream with;
  write_plan(with, {{1000, 7000, 0}, 8, {}}, options);
  EXPECT_NE(with.str().find("  model                     816 kB\n"), std::string::npos) << with.str();
}

TEST(CliPlan, TheReportSaysWhichPathLengthItUses) {
  TrainOptions options;
  std::ostringstream guessed;
  write_plan(guessed, {{3000000, 0, 0}, 8, {}}, options);
  EXPECT_NE(guessed.str().find("100 + 100*8*22 ="), std::string::npos) << guessed.str();
  EXPECT_NE(guessed.str().find("22 nodes = log2 of the vocabulary"), std::string::npos) << guessed.str();
  std::ostringstream known;
  write_plan(known, {{3000000, 0, 0}, 8, 9.5}, options);
  EXPECT_NE(known.str().find("100 + 100*8*9.5 ="), std::string::npos) << known.str();
  EXPECT_NE(known.str().find("9.5 nodes, the mean"), std::string::npos) << known.str();
}

}  // namespace
}  // namespace warp2vec::cli
