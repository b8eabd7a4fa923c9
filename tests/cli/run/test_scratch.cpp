// What does not fit into memory goes to a disk: the ids of a text, and the counts of its words.

#include "host/cli/flags/usage_error.h"
#include "host/cli/run/requirements.h"
#include "host/cli/run/scratch.h"
#include "host/io/scratch_file.h"
#include "tests/cli/program_test.h"
#include "tests/support/subprocess.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace warp2vec::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CliScratch : public ProgramTest {
 protected:
  CliScratch() { std::filesystem::create_directory(path("scratch")); }

  Finished run(const std::string& limit, const Arguments& arguments) const {
    return Subprocess(under(limit, arguments), path()).wait();
  }
  Arguments training(const Arguments& more = {}) const {
    return Arguments{"train",
                     "--input",
                     path("text"),
                     "--output",
                     path("v"),
                     "--dim",
                     "4",
                     "--epochs",
                     "6",
                     "--sample",
                     "1e-5",
                     "--threads",
                     "1",
                     "--min-count",
                     "1",
                     "--deterministic",
                     "--scratch-folder",
                     path("scratch")} +
           more;
  }
  // A limit under which there are `bytes` more than the program has when it compares them with its needs.
  std::string limit_with(std::int64_t bytes) const {
    folder_.write("text", "a b a b a b a b a b a b\n");
    constexpr std::int64_t kKilobytes = 4'000'000;
    const Finished probe = run("ulimit -v " + std::to_string(kKilobytes), training());
    const std::size_t at = probe.err.find(" of memory; ");
    EXPECT_NE(at, std::string::npos) << probe.err;
    const double available = std::atof(probe.err.c_str() + at + 12) * 1e9;
    constexpr std::int64_t kRounding = 5'000'000;  // "3.98 GB"
    const auto used = kKilobytes * 1024 - static_cast<std::int64_t>(available) + kRounding;
    return "ulimit -s 1024; ulimit -v " + std::to_string((used + bytes) / 1024);
  }
};

TEST_F(CliScratch, IdsThatDoNotFitAreOnADiskAndTheVectorsAreTheSame) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer needs terabytes of addresses";
#endif
  const std::string limit = limit_with(15'000'000);
  std::string text;
  for (int i = 0; i < 500'000; ++i) text += "a b c d e f g h i j\n";
  folder_.write("text", text);
  const Finished plain = run("true", training());
  ASSERT_EQ(plain.status, 0) << plain.err;
  const std::string vectors = folder_.read("v");
  std::filesystem::remove(path("v"));

  const Arguments more{"--metrics", path("m"), "--checkpoint", path("c"), "--checkpoint-every", "4000000"};
  Subprocess killed(under(limit, training(more)), path(""));
  for (int i = 0; i < 6000 && !std::filesystem::exists(path("c")); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  killed.send(SIGKILL);
  EXPECT_EQ(killed.wait().status, 128 + SIGKILL);
  EXPECT_TRUE(std::filesystem::is_empty(path("scratch")));
  EXPECT_FALSE(std::filesystem::exists(path("v")));
  // --scratch-folder is in the checkpoint.
  const Finished limited = run(limit, {"train", "--resume", path("c")});
  ASSERT_EQ(limited.status, 0) << limited.err;
  EXPECT_THAT(limited.err,
              HasSubstr("the ids of the text's 5,000,000 words (20.0 MB) do not fit into memory: "
                        "they are kept on the disk of " +
                        path("scratch") + " while training"));
  EXPECT_THAT(folder_.read("m"), HasSubstr("\"scratch_bytes\":20000000"));
  EXPECT_TRUE(folder_.read("v") == vectors);
  EXPECT_TRUE(std::filesystem::is_empty(path("scratch")));
}

TEST_F(CliScratch, AFileOrAFolderThatCannotBeWrittenToIsRefused) {
  folder_.write("text", "a b\n");
  for (const std::string command : {"train", "encode", "vocab", "plan"}) {
    for (const std::string& folder : {path("text"), path("none")}) {
      Arguments words{command, "--input", path("text"), "--scratch-folder", folder};
      if (command != "plan") words.insert(words.end(), {"--output", path("out")});
      const Finished refused = run("true", words);
      EXPECT_EQ(refused.status, 2) << command;
      EXPECT_THAT(refused.err,
                  HasSubstr("--scratch-folder " + folder + ": expected a folder that can be written to"));
    }
  }
}

TEST_F(CliScratch, AFolderInMemoryIsNoPlaceForIds) {
  TrainOptions options;
  options.scratch_folder = path("scratch");
  const CorpusSize size{1000, 7000, 1'000'000'000};
  if (!is_in_memory(options.scratch_folder)) {
    EXPECT_THAT(scratch_note(size, options), HasSubstr("words (4.00 GB) do not fit into memory: they are"));
  }
  options.scratch_folder = "/dev/shm";
  if (!is_in_memory(options.scratch_folder)) GTEST_SKIP() << "/dev/shm is on a disk";
  EXPECT_THAT(thrown_message([&] { scratch_note(size, options); }),
              HasSubstr("/dev/shm is in memory, too: --scratch-folder names one on a disk"));
  EXPECT_EQ(count_memory(options).bytes, 0);
}

TEST_F(CliScratch, IsNeededOnlyIfTheRestFits) {
  TrainOptions options;
  options.config.threads = 2;
  CorpusSize size{1000, 7000, 100'000'000};  // 400 MB of ids, 1 MB of the rest
  const auto needs = [&](std::int64_t bytes) { return needs_scratch(size, options, 0, {bytes, ""}); };
  EXPECT_FALSE(needs(0));  // unknown
  EXPECT_FALSE(needs(100'000));
  EXPECT_TRUE(needs(400'000'000));
  EXPECT_TRUE(needs(405'000'000));  // what is not planned may not fit
  EXPECT_FALSE(needs(430'000'000));
  size.tokens_in_memory = false;
  EXPECT_FALSE(needs(400'000'000));
}

TEST_F(CliScratch, ManyWordsAreCountedInLittleMemory) {
  std::string text;
  for (int i = 0; i < 250'000; ++i) text += std::to_string(i * 7919LL % 250'007) + (i % 3 == 0 ? "\n" : " ");
  folder_.write("text", text + "twice twice");
  const Arguments command{"vocab", "--input", path("text"), "--min-count", "1", "--threads", "2", "--output"};
  const auto count = [&](const Arguments& more) {
    Arguments all = command;
    all.insert(all.end(), more.begin(), more.end());
    const Finished done = run("true", all);
    EXPECT_EQ(done.status, 0) << done.err;
    return done.err;
  };
  EXPECT_THAT(count({path("plain")}), Not(HasSubstr("--count-memory")));
  EXPECT_THAT(count({path("merged"), "--count-memory", "16M", "--scratch-folder", path("scratch")}),
              AllOf(HasSubstr("the counts took more than --count-memory 16.0 MB: "),
                    HasSubstr("were written to the disk of " + path("scratch") + ", and are deleted")));
  EXPECT_TRUE(folder_.read("merged") == folder_.read("plain"));
  EXPECT_TRUE(std::filesystem::is_empty(path("scratch")));
}

TEST_F(CliScratch, SizesHaveAUnit) {
  EXPECT_EQ(parse_count_memory("16M"), 16'000'000);
  EXPECT_EQ(parse_count_memory("20000k"), 20'000'000);
  EXPECT_EQ(parse_count_memory("4G"), 4'000'000'000);
  EXPECT_EQ(parse_count_memory("2T"), 2'000'000'000'000);
  for (const char* wrong : {"", "4", "G", "4GB", "-4G", "1.5G", "4 G", "4X"})
    EXPECT_THAT(thrown_message([&] { parse_count_memory(wrong); }), HasSubstr("is not known: expected"))
        << wrong;
  for (const char* wrong : {"15M", "0G", "9999999999T"})
    EXPECT_THAT(thrown_message([&] { parse_count_memory(wrong); }), HasSubstr("is out of range")) << wrong;
}

TEST_F(CliScratch, TheLimitOfAFileIsCheckedBeforeEncoding) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "a ";
  folder_.write("text", text);
  const Finished refused = run("ulimit -f 100", {"encode", "--input", path("text"), "--output", path("ids")});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("--output " + path("ids") + " needs about 400 kB, but 'ulimit -f'"));
}

}  // namespace
}  // namespace warp2vec::cli
