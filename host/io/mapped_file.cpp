#include "host/io/mapped_file.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <mutex>
#include <system_error>

namespace warp2vec {
namespace {

// SIGBUS is sent to the thread that touches the page.
thread_local MappedFile* innermost = nullptr;

void on_bus_error(int signal, siginfo_t* info, void* context);

// The handler is installed only while files are mapped: a program that uses the library may have its own.
class BusErrors {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    if (files_++ > 0) return;
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    ::sigaction(SIGBUS, &action, &before_);
  }
  void remove() {
    const std::lock_guard lock(mutex_);
    if (--files_ == 0) restore();
  }
  void restore() const { ::sigaction(SIGBUS, &before_, nullptr); }

 private:
  std::mutex mutex_;
  int files_ = 0;
  struct sigaction before_ {};
} bus_errors;

void on_bus_error(int signal, siginfo_t* info, void* /*context*/) {
  const int error = errno;
  if (info->si_code <= 0 || !MappedFile::replace_unreadable(info->si_addr)) {
    // Not ours: the access is repeated, or the signal sent again, without this handler.
    bus_errors.restore();
    if (info->si_code <= 0) ::raise(signal);
  }
  errno = error;
}

}  // namespace

MappedFile::MappedFile(const std::string& path) : file_(path), state_(file_.state()), outer_(innermost) {
  const auto refuse = [&path](const std::string& why) { throw Error("cannot read " + path + ": " + why); };
  const auto reason = [] { return std::generic_category().message(errno); };
  struct stat status {};
  if (::fstat(file_.fd(), &status) != 0) refuse(reason());
  if (S_ISDIR(status.st_mode)) refuse("it is a folder");
  if (!S_ISREG(status.st_mode)) refuse("it is not a regular file");
  size_ = static_cast<std::size_t>(state_.size);
  if (size_ > 0) {  // else mmap would fail
    void* const data = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file_.fd(), 0);
    if (data == MAP_FAILED) refuse(reason());
    data_ = static_cast<const char*>(data);
  }
  innermost = this;
  bus_errors.add();
}

MappedFile::~MappedFile() {
  bus_errors.remove();
  innermost = outer_;
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

bool MappedFile::replace_unreadable(const void* at) noexcept {
  const auto* const byte = static_cast<const char*>(at);
  for (MappedFile* file = innermost; file != nullptr; file = file->outer_) {
    if (byte < file->data_ || byte >= file->data_ + file->size_) continue;
    const auto page_bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const auto offset = static_cast<std::size_t>(byte - file->data_) / page_bytes * page_bytes;
    const char* const page = file->data_ + offset;
    if (::mmap(const_cast<char*>(page), file->size_ - offset, PROT_READ,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
      return false;
    if (file->unreadable_ == nullptr || page < file->unreadable_) file->unreadable_ = page;
    return true;
  }
  return false;
}

void MappedFile::check() const {
  const FileState now = file_.state();
  if (unreadable_ == nullptr && now == state_) return;
  const std::string size = std::to_string(size_);
  if (now.size < state_.size)
    throw Error(file_.name() + ": it has " + std::to_string(now.size) + " bytes, expected " + size +
                ": it was cut short while it was read");
  if (now != state_) throw Error(file_.name() + ": it has changed while it was read");
  throw Error("cannot read " + file_.name() + " at byte " + std::to_string(unreadable_ - data_) + " of " +
              size + ": the disk reports an error");
}

}  // namespace warp2vec
