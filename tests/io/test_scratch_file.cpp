#include "host/io/scratch_file.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

namespace warp2vec {
namespace {

using testing::HasSubstr;

TEST(ScratchFile, IsReadAsItWasWrittenAndHasNoName) {
  const TemporaryFolder folder;
  std::shared_ptr<const InputFile> file;
  {
    ScratchFile scratch("numbers", folder.path());
    for (int i = 0; i < 1000; ++i) scratch.append(std::to_string(i) + " ");
    scratch.append("");
    EXPECT_EQ(scratch.size(), 10 * 2 + 90 * 3 + 900 * 4);
    file = scratch.file();
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  EXPECT_EQ(file->name(), "numbers");
  EXPECT_EQ(file->size(), 3890);
  std::string read(8, 0);
  EXPECT_EQ(file->read_at(3882, read.data(), read.size()), 8U);
  EXPECT_EQ(read, "998 999 ");
}

TEST(ScratchFile, AFolderThatCannotBeWrittenToIsNamed) {
  const TemporaryFolder folder;
  EXPECT_EQ(thrown_message([&] { ScratchFile("numbers", folder.path("none")); }),
            "cannot write numbers to a temporary file in " + folder.path("none") +
                ": No such file or directory (--scratch-folder or TMPDIR names another folder)");
  EXPECT_THAT(thrown_message([&] { ScratchFile("numbers", folder.write("file", "")); }),
              HasSubstr("Not a directory"));
}

TEST(ScratchFile, MemoryIsNoDisk) {
  EXPECT_FALSE(is_in_memory("/proc"));
  EXPECT_FALSE(is_in_memory("/none"));
  if (!std::filesystem::is_directory("/dev/shm")) GTEST_SKIP() << "there is no /dev/shm";
  EXPECT_TRUE(is_in_memory("/dev/shm"));
}

TEST(ScratchFile, TheUsualFolderIsThatForTemporaryFiles) {
  EXPECT_EQ(scratch_folder_or_default(""), std::filesystem::temp_directory_path().string());
  EXPECT_EQ(scratch_folder_or_default("elsewhere"), "elsewhere");
}

}  // namespace
}  // namespace warp2vec
