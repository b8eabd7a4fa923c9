#include "host/io/atomic_file.h"

#include <warp2vec/error.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace warp2vec {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kUnwrittenBytes = std::size_t{1} << 20;

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

// Returns what `path` leads to, which need not exist; calls `visit` with each symbolic link on the way.
template <class Visit>
std::string follow_links(const std::string& path, Visit visit) {
  constexpr int kMaxLinks = 40;  // as in the kernel
  std::error_code error;
  fs::path target = path;
  for (int i = 0; i < kMaxLinks && fs::is_symlink(target, error); ++i) {
    visit(target);
    target = target.parent_path() / fs::read_symlink(target, error);
  }
  return target.string();
}

// What `path` is now. Throws Error for a folder, a standard output that is closed, a file without write
// permission (which a rename would replace regardless), a path that cannot be examined, and links of others.
enum class Target { none, regular_file, special_file };
Target look_at(const std::string& path, struct stat& status) {
  if (path == kStandardOutput) {
    const int flags = ::fcntl(STDOUT_FILENO, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) refuse(path, "it is closed");
    return Target::special_file;
  }
  require_own_links(path);
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return Target::none;
    refuse(path, reason(errno));
  }
  if (S_ISDIR(status.st_mode)) refuse(path, "it is a folder");
  if (::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) != 0) refuse(path, reason(errno));
  return S_ISREG(status.st_mode) ? Target::regular_file : Target::special_file;
}

// A file that stands under a temporary name until it is removed, or moved back by the destructor.
class SetAside {
 public:
  /// Does nothing if there is no such file. Throws Error.
  explicit SetAside(const std::string& path) : path_(path) {
    struct stat status {};
    if (path.empty() || ::lstat(path.c_str(), &status) != 0) return;
    const NewFile place = create_beside(path, 0600, random_bits);
    if (place.fd < 0) refuse(path, reason(errno));
    const int error = ::rename(path.c_str(), place.path.c_str()) == 0 ? 0 : errno;
    if (error != 0) ::unlink(place.path.c_str());
    ::close(place.fd);
    if (error != 0) refuse(path, reason(error));
    aside_ = place.path;
  }
  ~SetAside() {
    if (aside_.empty() || ::rename(aside_.c_str(), path_.c_str()) == 0) return;
    // What fails may be rename() only.
    ::unlink(path_.c_str());
    if (::link(aside_.c_str(), path_.c_str()) == 0) ::unlink(aside_.c_str());
  }
  SetAside(const SetAside&) = delete;
  SetAside& operator=(const SetAside&) = delete;

  void remove() {
    if (!aside_.empty()) ::unlink(aside_.c_str());
    aside_.clear();
  }

 private:
  std::string path_;
  std::string aside_;
};

// Two processes must not mix their pairs. Another program may have locked the folder for hours, and some file
// systems have no locks, so this gives up after ten seconds.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder)
      : fd_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    constexpr int kTries = 1000;
    constexpr auto kPause = std::chrono::milliseconds(10);
    for (int i = 0; i < kTries && fd_ >= 0; ++i) {
      if (::flock(fd_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) break;
      std::this_thread::sleep_for(kPause);
    }
  }
  ~FolderLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int fd_;
};

}  // namespace

AtomicFile::AtomicFile(const std::string& path, Compression compression) : path_(path) {
  if (compression != Compression::none) compressor_ = Compressor::make(compression);
  buffer_.reserve(kUnwrittenBytes);
  struct stat status {};
  const Target target = look_at(path_, status);
  if (target == Target::special_file) {
    fd_ = path_ == kStandardOutput ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                                   : ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
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
    const std::size_t n = std::min(bytes.size(), kUnwrittenBytes - buffer_.size());
    buffer_ += bytes.substr(0, n);
    bytes.remove_prefix(n);
    if (buffer_.size() == kUnwrittenBytes) flush();
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

void AtomicFile::write_out(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      fail("write");
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void AtomicFile::flush() {
  if (compressor_) {
    std::string compressed;
    compressor_->add(buffer_, compressed);
    write_out(compressed);
  } else {
    write_out(buffer_);
  }
  buffer_.clear();
}

void AtomicFile::finish() {
  flush();
  if (compressor_ && !finished_) {
    std::string rest;
    compressor_->finish(rest);
    write_out(rest);
  }
  // Pipes and terminals cannot be synced (EINVAL).
  if (::fsync(fd_) != 0 && errno != EINVAL) fail("sync");
  finished_ = true;
}

void AtomicFile::close() {
  const int fd = fd_;
  fd_ = -1;
  if (::close(fd) != 0) fail("close");
}

void AtomicFile::rename_to_target() {
  if (temporary_.empty()) return close();
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail("rename the finished file to");
  name_.reset();
  temporary_.clear();
  close();  // only now, since it unlocks the file
}

void AtomicFile::sync_folder() const {
  if (target_.empty()) return;
  const int folder = ::open(folder_of(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;  // a writable but unreadable folder; the rename has succeeded
  const int synced = ::fsync(folder);
  const int error = errno;
  ::close(folder);
  // EINVAL: a file system that cannot sync folders.
  if (synced != 0 && error != EINVAL)
    throw Error("cannot sync the folder of " + path_ + ": " + reason(error));
}

void AtomicFile::commit() {
  if (!finished_) finish();
  rename_to_target();
  sync_folder();
}

void AtomicFile::commit_pair(AtomicFile& main, AtomicFile& other) {
  other.finish();
  main.finish();
  {
    const FolderLock lock(folder_of(main.target_));
    SetAside old_main(main.target_);
    SetAside old_other(other.target_);
    main.sync_folder();  // so that a power failure, too, leaves no mixed pair
    other.rename_to_target();
    other.sync_folder();
    main.rename_to_target();
    old_other.remove();
    old_main.remove();
  }
  main.sync_folder();
}

bool is_special_file(const std::string& path) {
  struct stat status {};
  return path == kStandardOutput ||
         (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode));
}

std::string behind_links(const std::string& path) {
  return follow_links(path, [](const fs::path&) {});
}

void require_own_links(const std::string& path) {
  follow_links(path, [&path](const fs::path& link) {
    struct stat status {};
    struct stat folder {};
    if (::lstat(link.c_str(), &status) != 0 || ::stat(folder_of(link.string()).c_str(), &folder) != 0) return;
    constexpr mode_t kForAll = S_ISVTX | S_IWOTH;
    if ((folder.st_mode & kForAll) == kForAll && status.st_uid != ::geteuid() &&
        status.st_uid != folder.st_uid)
      refuse(path, link.string() + " is another user's symbolic link in a folder that all may write to");
  });
}

void check_writable(const std::string& path) {
  struct stat status {};
  // Opening and closing a pipe would signal the end of file to its reader.
  if (look_at(path, status) != Target::special_file) const AtomicFile probe(path);
}

}  // namespace warp2vec
