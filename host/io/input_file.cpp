#include "host/io/input_file.h"

#include <warp2vec/error.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace warp2vec {
namespace {

constexpr std::size_t kGrowthBytes = std::size_t{1} << 20;

[[noreturn]] void cannot_read(const std::string& name) {
  throw Error("cannot read " + name + ": " + std::generic_category().message(errno));
}

// Calls read_some(to, bytes), which is read(2) or pread(2), until all bytes are read or the file ends.
template <class ReadSome>
std::size_t read_fully(char* to, std::size_t bytes, const std::string& name, ReadSome read_some) {
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t n = read_some(to + done, bytes - done, static_cast<std::int64_t>(done));
    if (n == 0) break;
    if (n > 0) {
      done += static_cast<std::size_t>(n);
    } else if (errno != EINTR) {
      cannot_read(name);
    }
  }
  return done;
}

}  // namespace

InputFile::InputFile(const std::string& path) : InputFile(::open(path.c_str(), O_RDONLY | O_CLOEXEC), path) {}

InputFile::InputFile(int fd, std::string name) : name_(std::move(name)), fd_(fd) {
  if (fd_ < 0) cannot_read(name_);
}

InputFile::~InputFile() {
  if (fd_ >= 0) ::close(fd_);
}

FileState InputFile::state() const {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  struct stat status {};
  if (::fstat(fd_, &status) != 0) cannot_read(name_);
  return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
          S_ISREG(status.st_mode) ? static_cast<std::int64_t>(status.st_size) : 0,
          status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec};
}

std::size_t InputFile::read(char* to, std::size_t bytes) {
  return read_fully(to, bytes, name_,
                    [this](char* at, std::size_t n, std::int64_t) { return ::read(fd_, at, n); });
}

std::size_t InputFile::read_at(std::int64_t offset, char* to, std::size_t bytes) const {
  return read_fully(to, bytes, name_, [this, offset](char* at, std::size_t n, std::int64_t done) {
    return ::pread(fd_, at, n, offset + done);
  });
}

std::string read_whole(const std::string& path) {
  InputFile file(path);
  std::string content(static_cast<std::size_t>(file.size()) + 1, '\0');
  std::size_t done = 0;
  while (true) {
    const std::size_t n = file.read(content.data() + done, content.size() - done);
    done += n;
    if (done < content.size()) break;
    content.resize(content.size() + kGrowthBytes);  // a pipe, or a file that grew
  }
  content.resize(done);
  return content;
}

}  // namespace warp2vec
