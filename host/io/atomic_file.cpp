#include "host/io/atomic_file.h"

#include <warp2vec/error.h>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

namespace warp2vec {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

std::string reason(int error) { return std::generic_category().message(error); }

std::string folder_of(const std::string& target) {
  const fs::path parent = fs::path(target).parent_path();
  return parent.empty() ? "." : parent.string();
}

// Different in any two processes, even if they have the same PID in two containers.
std::uint64_t random_bits() {
  std::uint64_t bits = 0;
  if (::getrandom(&bits, sizeof bits, GRND_NONBLOCK) == static_cast<ssize_t>(sizeof bits)) return bits;
  // Before the kernel's generator is seeded, or where a container forbids the call.
  static std::atomic<std::uint64_t> calls{0};
  const auto time = static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
  return time + (calls++ << 40) + (static_cast<std::uint64_t>(::getpid()) << 52);
}

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw Error("cannot write " + path + ": " + why);
}

// What `path` is now. Throws Error for a folder, a file without write permission (which a rename would
// replace regardless) and a path that cannot be examined.
enum class Target { none, regular_file, special_file };
Target look_at(const std::string& path, struct stat& status) {
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return Target::none;
    refuse(path, reason(errno));
  }
  if (S_ISDIR(status.st_mode)) refuse(path, "it is a folder");
  if (::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) != 0) refuse(path, reason(errno));
  return S_ISREG(status.st_mode) ? Target::regular_file : Target::special_file;
}

}  // namespace

AtomicFile::AtomicFile(const std::string& path) : path_(path) {
  buffer_.reserve(kBufferBytes);
  struct stat status {};
  const Target target = look_at(path_, status);
  if (target == Target::special_file) {
    fd_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd_ < 0) refuse(path_, reason(errno));
    return;
  }
  target_ = behind_links(path_);
  // A replaced file keeps its permissions, and a private one is private from the start. The umask may remove
  // some of them at first. It keeps owner and group if this user may give files away. Failures are ignored,
  // since not every file system has permissions.
  const bool replaces = target == Target::regular_file;
  const mode_t mode = replaces ? status.st_mode & 0777 : 0666;
  remove_leftovers(target_);
  NewFile temporary = create_beside(target_, mode, random_bits);
  if (temporary.fd < 0) refuse(path_, reason(errno));
  fd_ = temporary.fd;
  temporary_ = std::move(temporary.path);
  name_.emplace(temporary_);
  if (!replaces) return;
  if (::fchown(fd_, status.st_uid, status.st_gid) != 0)
    static_cast<void>(::fchown(fd_, static_cast<uid_t>(-1), status.st_gid));
  static_cast<void>(::fchmod(fd_, mode));  // after fchown(), which may remove some
}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  if (fd_ >= 0) ::close(fd_);
}

void AtomicFile::fail(const char* what) const {
  throw Error("cannot " + std::string(what) + " " + path_ + ": " + reason(errno));
}

void AtomicFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t n = std::min(bytes.size(), kBufferBytes - buffer_.size());
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
    bytes.remove_prefix(n);
    if (buffer_.size() == kBufferBytes) flush();
  }
}

void AtomicFile::rewrite_beginning(std::string_view bytes) {
  if (temporary_.empty()) refuse(path_, "it is not a regular file");
  flush();
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::pwrite(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (n < 0 && errno != EINTR) fail("write");
    done += n > 0 ? static_cast<std::size_t>(n) : 0;
  }
}

void AtomicFile::flush() {
  const char* at = buffer_.data();
  std::size_t left = buffer_.size();
  while (left > 0) {
    const ssize_t n = ::write(fd_, at, left);
    if (n < 0) {
      if (errno == EINTR) continue;
      fail("write");
    }
    at += n;
    left -= static_cast<std::size_t>(n);
  }
  buffer_.clear();
}

void AtomicFile::finish() {
  flush();
  // Pipes and terminals cannot be synced (EINVAL).
  if (::fsync(fd_) != 0 && errno != EINVAL) fail("sync");
  finished_ = true;
}

void AtomicFile::close() {
  const int fd = fd_;
  fd_ = -1;
  if (::close(fd) != 0) fail("close");
}

void AtomicFile::commit() {
  if (!finished_) finish();
  if (temporary_.empty()) return close();
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail("rename the finished file to");
  name_.reset();
  temporary_.clear();
  close();  // only now, since it unlocks the file
  const int folder = ::open(folder_of(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;  // a writable but unreadable folder; the rename has succeeded
  const int synced = ::fsync(folder);
  const int error = errno;
  ::close(folder);
  // EINVAL: a file system that cannot sync folders.
  if (synced != 0 && error != EINVAL)
    throw Error("cannot sync the folder of " + path_ + ": " + reason(error));
}

bool is_special_file(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

std::string behind_links(const std::string& path) {
  constexpr int kMaxLinks = 40;  // as in the kernel
  std::error_code error;
  fs::path target = path;
  for (int i = 0; i < kMaxLinks && fs::is_symlink(target, error); ++i)
    target = target.parent_path() / fs::read_symlink(target, error);
  return target.string();
}

void check_writable(const std::string& path) {
  struct stat status {};
  // Opening and closing a pipe would signal the end of file to its reader.
  if (look_at(path, status) != Target::special_file) const AtomicFile probe(path);
}

}  // namespace warp2vec
