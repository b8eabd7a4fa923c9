#include "host/io/atomic_file.h"
#include "host/io/temporary_files.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>

namespace warp2vec {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kLeftover = "out.tmp-0123456789abcdef";

TEST(TemporaryFilesDeathTest, OfAKilledRunAreRemovedByTheNext) {
  const TemporaryFolder folder;
  const auto die = [&] {
    const AtomicFile file(folder.path("out"));
    ::kill(::getpid(), SIGKILL);
  };
  EXPECT_EXIT(die(), testing::KilledBySignal(SIGKILL), "");
  ASSERT_EQ(folder.names().size(), 1U);
  check_writable(folder.path("another"));
  EXPECT_EQ(folder.names().size(), 1U);
  check_writable(folder.path("out"));
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(TemporaryFiles, OfALivingWriterStay) {
  const TemporaryFolder folder;
  AtomicFile file(folder.path("out"));
  file.write("text");
  file.finish();
  check_writable(folder.path("out"));
  EXPECT_EQ(folder.names().size(), 1U);
  file.commit();
  EXPECT_EQ(folder.read("out"), "text");
}

TEST(TemporaryFiles, OnlyThoseAreRemoved) {
  const TemporaryFolder folder;
  const std::string target = folder.path("out");
  folder.write(kLeftover, "");
  folder.write("out.tmp-0123456789abcde", "");    // a digit is missing
  folder.write("out.tmp-0123456789ABCDEF", "");   // capitals
  folder.write("out2.tmp-0123456789abcdef", "");  // of another file
  folder.write("elsewhere", "");
  std::filesystem::create_directory(folder.path("out.tmp-0000000000000001"));
  std::filesystem::create_symlink("elsewhere", folder.path("out.tmp-0000000000000002"));
  remove_leftovers(target);
  EXPECT_THAT(folder.names(), ElementsAre("elsewhere", "out.tmp-0000000000000001", "out.tmp-0000000000000002",
                                          "out.tmp-0123456789ABCDEF", "out.tmp-0123456789abcde",
                                          "out2.tmp-0123456789abcdef"));
}

TEST(TemporaryFiles, OfOtherUsersStay) {
  if (::geteuid() != 0) GTEST_SKIP() << "giving a file away needs root";
  const TemporaryFolder folder;
  ASSERT_EQ(::chown(folder.write(kLeftover, "").c_str(), 65534, 65534), 0);
  remove_leftovers(folder.path("out"));
  EXPECT_THAT(folder.names(), ElementsAre(kLeftover));
}

TEST(TemporaryFiles, OfALongNameAreRemoved) {
  const TemporaryFolder folder;
  const std::string name(255, 'n');
  folder.write(std::string(234, 'n').append(".tmp-0123456789abcdef"), "");
  remove_leftovers(folder.path(name));
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(TemporaryFiles, AreKnownByTheirNames) {
  EXPECT_TRUE(is_temporary_name(kLeftover));
  for (const char* name : {"out", ".tmp-0123456789abcdef", "out.tmp-0123456789abcdef0",
                           "out.tmp-0123456789abcdeg", "out.tmp.0123456789abcdef"})
    EXPECT_FALSE(is_temporary_name(name)) << name;
}

}  // namespace
}  // namespace warp2vec
