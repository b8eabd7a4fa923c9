// System calls that fail: a message and a nonzero status, or a complete result; never anything in between.

#include "tests/support/subprocess.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;

using Arguments = std::vector<std::string>;

struct Fault {
  std::string call;
  int error;
};

class CliFaults : public testing::Test {
 protected:
  CliFaults() {
    ::setenv("CUDA_VISIBLE_DEVICES", "", 1);  // NOLINT(concurrency-mt-unsafe): one thread
    std::string text;
    for (int i = 0; i < 2000; ++i) text += "w" + std::to_string(i % 40) + (i % 10 == 9 ? "\n" : " ");
    folder_.write("work/text.txt", text);
    fs::create_directory(folder_.path("spare"));
  }

  std::string path(const std::string& name) const { return folder_.path(name); }

  // Runs it in "spare", with the fault at the call of this number, and all later ones if `on`.
  Finished run(const Arguments& command, const Fault& fault, int at, bool on) const {
    Arguments all{"/usr/bin/env",
                  "--chdir=" + path("spare"),
                  "TMPDIR=" + path("spare"),
                  "LD_PRELOAD=" WARP2VEC_FAILING_CALLS,
                  "FAIL_CALL=" + fault.call,
                  "FAIL_AT=" + std::to_string(at),
                  "FAIL_ERRNO=" + std::to_string(fault.error),
                  "FAIL_PATH=" + path("work/"),
                  "FAIL_MARK=" + path("mark")};
    if (on) all.emplace_back("FAIL_ON=1");
    all.emplace_back(WARP2VEC_PROGRAM);
    all.insert(all.end(), command.begin(), command.end());
    return Subprocess(all, path("")).wait();
  }

  std::map<std::string, std::string> contents(const std::set<std::string>& names) const {
    std::map<std::string, std::string> all;
    for (const std::string& name : names) all[name] = fs::exists(path(name)) ? folder_.read(name) : "no file";
    return all;
  }

  // Lets each call fail once, and then from each on. The command must write `outputs`, which exist before.
  void expect_all_or_nothing(const Arguments& command, const std::set<std::string>& outputs) {
    for (const std::string& name : outputs) folder_.write(name, "before");
    const auto before = contents(outputs);
    const Finished good = run(command, {"none", 0}, 1, false);
    ASSERT_EQ(good.status, 0) << good.err;
    const auto after = contents(outputs);
    int faults = 0;
    for (const Fault& fault :
         {Fault{"open", EMFILE}, Fault{"read", EIO}, Fault{"write", ENOSPC}, Fault{"fsync", EIO},
          Fault{"rename", EACCES}, Fault{"mmap", ENOMEM}, Fault{"thread", EAGAIN}}) {
      for (const bool on : {false, true}) {
        for (int at = 1;; ++at) {
          SCOPED_TRACE(fault.call + " " + std::to_string(at) + (on ? " and all later ones" : ""));
          for (const std::string& name : outputs) folder_.write(name, "before");
          const Finished result = run(command, fault, at, on);
          if (!fs::remove(path("mark"))) break;
          ++faults;
          const auto found = contents(outputs);
          if (result.status == 0) {
            EXPECT_EQ(found, after);
            // Folders need not be readable, and fewer threads are enough.
            EXPECT_TRUE(!on || fault.call == "open" || fault.call == "thread");
          } else {
            EXPECT_EQ(result.status, 1);
            EXPECT_THAT(result.err, HasSubstr("warp2vec: error: "));
            for (const auto& [name, content] : found)
              EXPECT_TRUE(content == before.at(name) || content == after.at(name)) << name;
          }
          for (const auto& entry : fs::directory_iterator(path("work")))
            EXPECT_EQ(entry.path().string().find(".tmp-"), std::string::npos) << entry.path();
          ASSERT_LT(at, 1000);
        }
      }
    }
    EXPECT_GT(faults, 10);
    RecordProperty("faults", faults);
  }

  TemporaryFolder folder_;
};

TEST_F(CliFaults, OfVocab) {
  expect_all_or_nothing(
      {"vocab", "--input", path("work/text.txt"), "--output", path("work/words"), "--threads", "3"},
      {"work/words"});
}

TEST_F(CliFaults, OfEncode) {
  expect_all_or_nothing(
      {"encode", "--input", path("work/text.txt"), "--output", path("work/ids"), "--threads", "3"},
      {"work/ids"});
}

TEST_F(CliFaults, OfExport) {
  folder_.write("work/v.txt", "2 3\na 1 2 3\nb 4 5 6\n");
  expect_all_or_nothing(
      {"export", "--vectors", path("work/v.txt"), "--output", path("work/v.npy"), "--format", "npy"},
      {"work/v.npy", "work/v.npy.vocab"});
}

TEST_F(CliFaults, OfTraining) {
  expect_all_or_nothing(
      {"train", "--input", path("work/text.txt"), "--output", path("work/v.bin"), "--save-model",
       path("work/m"), "--dim", "4", "--epochs", "1", "--threads", "3", "--deterministic"},
      {"work/v.bin", "work/m"});
  // Whatever was trained is somewhere: in the current folder if it is not where it should be.
  folder_.write("work/v.bin", "before");
  const std::string trained = folder_.read("spare/v.bin.rescued");
  run({"train", "--input", path("work/text.txt"), "--output", path("work/v.bin"), "--dim", "4", "--epochs",
       "1", "--deterministic"},
      {"none", 0}, 1, false);
  EXPECT_EQ(folder_.read("work/v.bin"), trained);
}

}  // namespace
}  // namespace warp2vec
