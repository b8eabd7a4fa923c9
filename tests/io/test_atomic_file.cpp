#include "host/io/atomic_file.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>

namespace warp2vec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

void save(const std::string& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

// More than the file's buffer, so that some of it is written before commit().
std::string large_text() {
  std::string text(3 << 20, 'x');
  for (std::size_t i = 0; i < text.size(); i += 1000) text[i] = static_cast<char>('a' + i / 1000 % 26);
  return text;
}

// root may write everywhere, so the child process of the test runs as another user.
void drop_root() {
  if (::geteuid() == 0 && ::seteuid(65534) != 0) std::perror("seteuid");
}

TEST(AtomicFile, HoldsWhatWasWritten) {
  const TemporaryFolder folder;
  const std::string text = large_text();
  {
    AtomicFile file(folder.path("out"));
    for (std::size_t i = 0; i < text.size(); i += 777777)
      file.write(std::string_view(text).substr(i, 777777));
    file.write("");
    file.commit();
  }
  EXPECT_EQ(folder.read("out"), text);
  EXPECT_THAT(folder.names(), ElementsAre("out"));
}

TEST(AtomicFile, AnEmptyFileIsAFile) {
  const TemporaryFolder folder;
  save(folder.path("out"), "");
  EXPECT_EQ(folder.read("out"), "");
}

TEST(AtomicFile, WithoutCommitNothingChanges) {
  const TemporaryFolder folder;
  folder.write("out", "before");
  {
    AtomicFile file(folder.path("out"));
    file.write(large_text());
    EXPECT_EQ(folder.names().size(), 2U);
    EXPECT_EQ(folder.read("out"), "before");
  }
  EXPECT_EQ(folder.read("out"), "before");
  EXPECT_THAT(folder.names(), ElementsAre("out"));
}

TEST(AtomicFile, FinishedFilesAppearWithCommitOnly) {
  const TemporaryFolder folder;
  AtomicFile file(folder.path("out"));
  file.write("text");
  file.finish();
  EXPECT_FALSE(std::filesystem::exists(folder.path("out")));
  file.commit();
  EXPECT_EQ(folder.read("out"), "text");
}

TEST(AtomicFile, FilesOfOneNameDoNotMix) {
  const TemporaryFolder folder;
  AtomicFile first(folder.path("out"));
  AtomicFile second(folder.path("out"));
  first.write("first");
  second.write("second");
  second.commit();
  first.commit();
  EXPECT_EQ(folder.read("out"), "first");
}

TEST(AtomicFile, WhatAKilledRunLeftIsNotInTheWay) {
  // In a container a later run may have the same process id.
  const TemporaryFolder folder;
  for (int number = 0; number < 100; ++number)
    folder.write("out.tmp-" + std::to_string(::getpid()) + "-" + std::to_string(number), "left");
  check_writable(folder.path("out"));
  save(folder.path("out"), "text");
  EXPECT_EQ(folder.read("out"), "text");
  EXPECT_EQ(folder.names().size(), 101U);
}

TEST(AtomicFile, TakenTemporaryNamesAreNotUsed) {
  const TemporaryFolder folder;
  const std::string target = folder.path("out");
  std::uint64_t number = 0x1234;
  const auto random = [&number] { return number++ / 2; };  // each twice
  for (const char* name : {"out.tmp-000000000000091a", "out.tmp-000000000000091b"}) {
    const NewFile file = create_beside(target, 0600, random);
    ASSERT_GE(file.fd, 0);
    ::close(file.fd);
    EXPECT_EQ(file.path, folder.path(name));
    EXPECT_EQ(std::filesystem::status(file.path).permissions(), std::filesystem::perms{0600});
  }
  EXPECT_EQ(create_beside(target, 0600, [] { return std::uint64_t{0x91a}; }).fd, -1);
  EXPECT_EQ(errno, EEXIST);
}

TEST(AtomicFile, TheLongestNameWorks) {
  const TemporaryFolder folder;
  const std::string name(255, 'n');
  save(folder.path(name), "text");
  EXPECT_THAT(folder.names(), ElementsAre(name));
  EXPECT_THAT(thrown_message([&] { check_writable(folder.path(name + "n")); }), HasSubstr("too long"));
}

TEST(AtomicFile, LongPathsWork) {
  const TemporaryFolder folder;
  const std::string deep = folder.path(std::string(200, 'd') + "/" + std::string(200, 'e'));
  std::filesystem::create_directories(deep);
  save(deep + "/out", "text");
  EXPECT_EQ(folder.read(deep + "/out"), "text");
}

TEST(AtomicFile, LinksAreFollowedEvenToAFileThatIsNotThereYet) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path("elsewhere"));
  std::filesystem::create_symlink("elsewhere/file", folder.path("first"));
  std::filesystem::create_symlink("first", folder.path("second"));
  for (const char* text : {"new", "replaced"}) {
    save(folder.path("second"), text);
    EXPECT_EQ(folder.read("elsewhere/file"), text);
    EXPECT_TRUE(std::filesystem::is_symlink(folder.path("second")));
    EXPECT_TRUE(std::filesystem::is_symlink(folder.path("first")));
  }
  std::filesystem::create_symlink("loop", folder.path("loop"));
  EXPECT_THAT(thrown_message([&] { save(folder.path("loop"), ""); }), HasSubstr("symbolic links"));
}

TEST(AtomicFile, PermissionsOfAReplacedFileStay) {
  const TemporaryFolder folder;
  folder.write("out", "before");
  ASSERT_EQ(::chmod(folder.path("out").c_str(), 0600), 0);
  save(folder.path("out"), "after");
  EXPECT_EQ(std::filesystem::status(folder.path("out")).permissions(), std::filesystem::perms{0600});
  EXPECT_EQ(folder.read("out"), "after");
}

TEST(AtomicFile, TheOwnerOfAReplacedFileStays) {
  if (::geteuid() != 0) GTEST_SKIP() << "giving a file away needs root";
  const TemporaryFolder folder;
  ASSERT_EQ(::chown(folder.write("out", "before").c_str(), 65534, 65533), 0);
  save(folder.path("out"), "after");
  struct stat status {};
  ASSERT_EQ(::stat(folder.path("out").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 65534U);
  EXPECT_EQ(status.st_gid, 65533U);
}

TEST(AtomicFile, TargetsThatCannotBeAreNamedWithTheReason) {
  const TemporaryFolder folder;
  const std::string no_folder = folder.path("none/out");
  EXPECT_EQ(thrown_message([&] { AtomicFile{no_folder}; }),
            "cannot write " + no_folder + ": No such file or directory");
  EXPECT_EQ(thrown_message([&] { AtomicFile{folder.path()}; }),
            "cannot write " + folder.path() + ": it is a folder");
  folder.write("file", "");
  const std::string below_a_file = folder.path("file/out");
  EXPECT_EQ(thrown_message([&] { AtomicFile{below_a_file}; }),
            "cannot write " + below_a_file + ": Not a directory");
  EXPECT_THAT(folder.names(), ElementsAre("file"));
}

TEST(AtomicFileDeathTest, ReadOnlyTargetsAreRefused) {
  const TemporaryFolder folder;
  ASSERT_EQ(::chmod(folder.path().c_str(), 0777), 0);
  folder.write("file", "before");
  ASSERT_EQ(::chmod(folder.path("file").c_str(), 0444), 0);
  const auto complain = [](const std::string& path) {
    drop_root();
    std::fputs(thrown_message([&] { check_writable(path); }).c_str(), stderr);
    std::fputs(thrown_message([&] { AtomicFile{path}; }).c_str(), stderr);
    std::_Exit(0);
  };
  EXPECT_EXIT(complain(folder.path("file")), testing::ExitedWithCode(0),
              "file: Permission denied.*file: Permission denied");
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  EXPECT_EXIT(complain(folder.path("new")), testing::ExitedWithCode(0),
              "new: Permission denied.*new: Permission denied");
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  EXPECT_EQ(folder.read("file"), "before");
}

TEST(AtomicFile, AFullDeviceIsAnError) {
  // Both while writing and, with less than a buffer, at commit.
  for (const std::string& text : {large_text(), std::string("little")})
    EXPECT_EQ(thrown_message([&] { save("/dev/full", text); }),
              "cannot write /dev/full: No space left on device");
}

TEST(AtomicFile, DevicesAreWrittenToDirectly) { EXPECT_NO_THROW(save("/dev/null", "text")); }

TEST(AtomicFile, PipesAreWrittenToDirectly) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  const int reader = ::open(folder.path("pipe").c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  check_writable(folder.path("pipe"));
  pollfd state{reader, POLLIN, 0};
  EXPECT_EQ(::poll(&state, 1, 0), 0) << "the reader was told that a writer has come and gone";
  save(folder.path("pipe"), "text");
  char got[8] = {};
  EXPECT_EQ(::read(reader, got, sizeof(got)), 4);
  EXPECT_STREQ(got, "text");
  ::close(reader);
  EXPECT_THAT(folder.names(), ElementsAre("pipe"));
}

TEST(AtomicFile, AFullDiskLeavesNothing) {
  const TemporaryFolder folder;
  if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=1m") != 0)
    GTEST_SKIP() << "mounting a small tmpfs needs root: " << std::generic_category().message(errno);
  folder.write("kept", "before");
  const std::string message = thrown_message([&] { save(folder.path("out"), large_text()); });
  const std::string replaced = thrown_message([&] { save(folder.path("kept"), large_text()); });
  const std::vector<std::string> names = folder.names();
  const std::string kept = folder.read("kept");
  ::umount(folder.path().c_str());
  EXPECT_EQ(message, "cannot write " + folder.path("out") + ": No space left on device");
  EXPECT_EQ(replaced, "cannot write " + folder.path("kept") + ": No space left on device");
  EXPECT_THAT(names, ElementsAre("kept"));
  EXPECT_EQ(kept, "before");
}

TEST(AtomicFileDeathTest, AWriteThatFailsLeavesNothing) {
  const TemporaryFolder folder;
  const auto save_too_much = [&] {
    const rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, SIG_IGN);
    std::fputs(thrown_message([&] { save(folder.path("out"), large_text()); }).c_str(), stderr);
    std::_Exit(0);
  };
  EXPECT_EXIT(save_too_much(), testing::ExitedWithCode(0), "cannot write .*/out: File too large");
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(AtomicFileDeathTest, AKillInTheMiddleLeavesNothingUnderTheFinalName) {
  const TemporaryFolder folder;
  const auto die = [&] {
    AtomicFile file(folder.path("out"));
    file.write(large_text());
    ::kill(::getpid(), SIGKILL);
  };
  EXPECT_EXIT(die(), testing::KilledBySignal(SIGKILL), "");
  EXPECT_FALSE(std::filesystem::exists(folder.path("out")));
  EXPECT_EQ(folder.names().size(), 1U);  // it was interrupted: the temporary file is still there
}

TEST(CheckWritable, LeavesNothingBehindAndSaysWhy) {
  const TemporaryFolder folder;
  check_writable(folder.path("out"));
  EXPECT_THAT(folder.names(), IsEmpty());
  folder.write("out", "before");
  check_writable(folder.path("out"));
  EXPECT_EQ(folder.read("out"), "before");
  EXPECT_NE(thrown_message([&] { check_writable(folder.path("none/out")); }), "");
  EXPECT_NE(thrown_message([&] { check_writable(folder.path()); }), "");
}

}  // namespace
}  // namespace warp2vec
