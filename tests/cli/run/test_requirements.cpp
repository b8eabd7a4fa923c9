// Memory and disks are checked before work.

#include "host/cli/commands/plan.h"
#include "host/cli/run/requirements.h"
#include "tests/cli/program_test.h"
#include "tests/support/subprocess.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

namespace warp2vec::cli {
namespace {

using testing::HasSubstr;

TEST(CliRequirements, TooLittleMemoryIsAnErrorThatSaysWhatToChange) {
  const AvailableMemory available{60'000'000, "under the limit of the control group"};
  EXPECT_EQ(
      thrown_message([&] { require_memory(83'500'000, 0, available); }),
      "training needs about 83.5 MB of memory; 60.0 MB available under the limit of the control group. A "
      "smaller --dim or --max-vocab, or a larger --min-count, needs less");
  EXPECT_NO_THROW(require_memory(60'000'000, 0, available));
  EXPECT_NO_THROW(require_memory(83'500'000, 23'500'000, available));
  EXPECT_NO_THROW(require_memory(83'500'000, 0, {}));
}

TEST(CliRequirements, APlanSaysWhatDoesNotFit) {
  const TrainOptions options;
  std::ostringstream small;
  write_plan(small, {{1000, 7000, 1000}, 8, {}}, options, this_plan_machine());
  EXPECT_EQ(small.str().find("does not fit"), std::string::npos) << small.str();
  std::ostringstream large;
  write_plan(large, {{kMaxVocabulary, 7000, kMaxTokens}, 8, {}}, options, this_plan_machine());
  EXPECT_THAT(large.str(), HasSubstr("): does not fit\n"));
}

TEST(CliRequirements, CountsOfAnotherTextDoNotOverflow) {
  const Vocabulary vocabulary({{"a", INT64_MAX - 1}, {"b", 1}}, 1, 0);
  const Config config;
  EXPECT_GT(host_bytes(memory_plan(size_of(vocabulary, config), config)), INT64_MAX / 8);
}

class CliSpace : public ProgramTest {
 protected:
  std::string refusal(std::int64_t free_bytes) const {
    const std::vector<PlannedFile> files = planned_files(size_, options_);
    return thrown_message([&] { require_space(files, [&](const std::string&) { return free_bytes; }); });
  }

  // `limit`: a command of the shell.
  Finished train(const std::string& limit, int words, const std::string& dim) const {
    std::string text;
    for (int i = 0; i < 2 * words; ++i) text += "w" + std::to_string(i % words) + "\n";
    const Arguments training{"train",     "--input",     folder_.write("text", text),
                             "--output",  path("v.bin"), "--min-count",
                             "1",         "--dim",       dim,
                             "--threads", "1",           "--device",
                             "cpu"};
    return Subprocess(under(limit, training), path()).wait();
  }

  CorpusSize size_{1'000'000, 8'000'000, 0};
  TrainOptions options_;
};

TEST_F(CliSpace, FilesOnOneDiskAreAddedUp) {
  options_.output = folder_.path("v.bin");
  options_.save_model = folder_.path("m.w2v");
  options_.checkpoint = folder_.path("c");
  const std::string said = refusal(1'000'000'000);
  EXPECT_THAT(said,
              HasSubstr("the disk of " + folder_.path() + " has 1.00 GB free, and the run needs 2.86 GB "));
  EXPECT_THAT(said, HasSubstr("(--output 410 MB, --save-model 817 MB, --checkpoint 1.63 GB): free some"));
  EXPECT_EQ(refusal(2'900'000'000), "");
}

TEST_F(CliSpace, ACheckpointIsWrittenBesideTheOneThatItReplaces) {
  options_.output = "/dev/null";
  options_.checkpoint = folder_.write("c", "");
  std::filesystem::resize_file(options_.checkpoint, 500'000'000);  // sparse
  EXPECT_THAT(refusal(1), HasSubstr("needs 1.13 GB there (--checkpoint 1.13 GB)"));
  std::filesystem::resize_file(options_.checkpoint, 900'000'000);
  EXPECT_THAT(refusal(1), HasSubstr("needs 817 MB there (--checkpoint 817 MB)"));
}

TEST_F(CliSpace, TheLimitOfAFileIsCheckedBeforeTraining) {
  const Finished result = train("ulimit -f 100", 1000, "100");
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("--output " + folder_.path("v.bin") +
                                    " needs about 406 kB, but 'ulimit -f' allows files of "));
  EXPECT_FALSE(std::filesystem::exists(folder_.path("v.bin")));
}

TEST_F(CliSpace, MemoryIsCheckedBeforeTraining) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer needs terabytes of addresses";
#endif
  const Finished result = train("ulimit -v 400000", 20000, "4000");
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("error: training needs about "));
  EXPECT_THAT(result.err, HasSubstr("available under 'ulimit -v'. A smaller --dim"));
}

}  // namespace
}  // namespace warp2vec::cli
