// A mapped file that is cut short is an error, and SIGBUS of other causes stays what it was.

#include "host/io/mapped_file.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>

namespace warp2vec {
namespace {

using testing::HasSubstr;

constexpr std::size_t kBytes = std::size_t{1} << 20;

std::size_t zeros_in(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\0'));
}

TEST(MappedFile, HasTheContent) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", "content");
  EXPECT_EQ(read_mapped(path, [](std::string_view text) { return std::string(text); }), "content");
  EXPECT_EQ(read_mapped(folder.write("b", ""), [](std::string_view text) { return text.size(); }), 0U);
  EXPECT_EQ(thrown_message([&] { const MappedFile file(folder.path()); }),
            "cannot read " + folder.path() + ": it is a folder");
  EXPECT_EQ(thrown_message([&] { const MappedFile file("/dev/null"); }),
            "cannot read /dev/null: it is not a regular file");
}

TEST(MappedFile, WhatIsCutShortReadsAsZerosAndIsAnError) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", std::string(kBytes, 'x'));
  const std::string other = folder.write("b", std::string(kBytes, 'y'));
  const MappedFile outer(path);
  {
    const MappedFile inner(other);
    ASSERT_EQ(::truncate(path.c_str(), 100'000), 0);
    EXPECT_GE(zeros_in(outer.text()), kBytes - 110'000);
    EXPECT_EQ(zeros_in(inner.text()), 0U);
    EXPECT_NO_THROW(inner.check());
  }
  EXPECT_EQ(thrown_message([&] { outer.check(); }),
            path + ": it has 100000 bytes, expected 1048576: it was cut short while it was read");
}

TEST(MappedFile, TheCauseIsNamedWhateverTheReaderMakesOfIt) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", std::string(kBytes, 'x'));
  const auto read = [&path](std::string_view text) -> int {
    if (::truncate(path.c_str(), 10) != 0) return 1;
    if (zeros_in(text) > 0) throw Error("expected no zeros");
    return 0;
  };
  EXPECT_THAT(thrown_message([&] { read_mapped(path, read); }),
              HasSubstr("it was cut short while it was read"));
  // Within the last page no signal is sent.
  folder.write("a", "0123456789");
  EXPECT_THAT(thrown_message([&] {
                read_mapped(path, [&path](std::string_view text) {
                  return ::truncate(path.c_str(), 5) == 0 ? text.back() : '?';
                });
              }),
              HasSubstr("it was cut short while it was read"));
}

TEST(MappedFile, WhatIsWrittenMeanwhileIsAnError) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", "before");
  const MappedFile file(path);
  std::ofstream(path, std::ios::in) << "later";
  EXPECT_EQ(thrown_message([&] { file.check(); }), path + ": it has changed while it was read");
}

// Touches a page beyond the end of a file that is no MappedFile.
void touch_beyond(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY);
  const auto* const page =
      static_cast<const volatile char*>(::mmap(nullptr, kBytes, PROT_READ, MAP_PRIVATE, fd, 0));
  ::close(fd);
  static_cast<void>(page[kBytes / 2]);
}

TEST(MappedFile, OtherBusErrorsAreForWhoeverHandledThem) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", "x");
  EXPECT_EXIT(
      {
        std::signal(SIGBUS, [](int) { ::_exit(77); });
        const MappedFile file(path);
        touch_beyond(path);
      },
      testing::ExitedWithCode(77), "");
  EXPECT_EXIT(
      {
        std::signal(SIGBUS, [](int) { ::_exit(78); });
        const MappedFile file(path);
        std::raise(SIGBUS);
      },
      testing::ExitedWithCode(78), "");
  EXPECT_EXIT(
      {
        std::signal(SIGBUS, [](int) { ::_exit(79); });
        { const MappedFile file(path); }
        touch_beyond(path);
      },
      testing::ExitedWithCode(79), "");
}

}  // namespace
}  // namespace warp2vec
