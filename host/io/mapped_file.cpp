#include "host/io/mapped_file.h"

#include "host/compression/compression.h"
#include "host/io/byte_stream.h"
#include "host/io/foreign_file.h"
#include "host/io/scratch_file.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <system_error>

namespace warp2vec {
namespace {

constexpr std::size_t kCopiedBytes = std::size_t{1} << 20;

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

[[noreturn]] void cannot_read(const std::string& path, const std::string& why) {
  throw Error("cannot read " + path + ": " + why);
}

// Calls read(to, bytes) until it yields less, and appends all to a file without a name.
template <class Read>
std::shared_ptr<const InputFile> copied(const std::string& path, const Read& read) {
  ScratchFile copy(path, "");
  std::string buffer(kCopiedBytes, '\0');
  for (std::size_t n = buffer.size(); n == buffer.size();) {
    n = read(buffer.data(), buffer.size());
    copy.append({buffer.data(), n});
  }
  return copy.file();
}

std::shared_ptr<const InputFile> decompressed(const std::string& path,
                                              const std::shared_ptr<const InputFile>& file) {
  std::array<char, kForeignBytes> buffer{};
  const auto beginning = [&buffer](const InputFile& of) {
    return std::string_view(buffer.data(), of.read_at(0, buffer.data(), buffer.size()));
  };
  std::shared_ptr<const InputFile> content = file;
  if (const Compression compression = sniff(beginning(*file)); compression != Compression::none) {
    const std::unique_ptr<ByteStream> stream = ByteStream::open(file, path, file->state(), compression);
    content = copied(path, [&](char* to, std::size_t bytes) { return stream->read(to, bytes); });
    stream->require_unchanged();
  }
  refuse_foreign(path, beginning(*content));
  return content;
}

std::shared_ptr<const InputFile> file_to_map(const std::string& path) {
  auto file = std::make_shared<InputFile>(path);
  struct stat status {};
  if (::fstat(file->fd(), &status) != 0) cannot_read(path, std::generic_category().message(errno));
  if (S_ISDIR(status.st_mode)) cannot_read(path, "it is a folder");
  if (S_ISFIFO(status.st_mode))
    return decompressed(path,
                        copied(path, [&](char* to, std::size_t bytes) { return file->read(to, bytes); }));
  if (!S_ISREG(status.st_mode)) cannot_read(path, "it is not a regular file");
  return decompressed(path, file);
}

}  // namespace

MappedFile::MappedFile(const std::string& path)
    : path_(path), file_(file_to_map(path)), state_(file_->state()), outer_(innermost) {
  size_ = static_cast<std::size_t>(state_.size);
  if (size_ > 0) {  // else mmap would fail
    void* const data = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file_->fd(), 0);
    if (data == MAP_FAILED) cannot_read(path, std::generic_category().message(errno));
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

void MappedFile::release() const {
  if (data_ != nullptr) ::madvise(const_cast<char*>(data_), size_, MADV_DONTNEED);  // a hint
}

void MappedFile::check() const {
  const FileState now = file_->state();
  if (unreadable_ == nullptr && now == state_) return;
  const std::string size = std::to_string(size_);
  if (now.size < state_.size)
    throw Error(path_ + ": it has " + std::to_string(now.size) + " bytes, expected " + size +
                ": it was cut short while it was read");
  if (now != state_) throw Error(path_ + ": it has changed while it was read");
  throw Error("cannot read " + path_ + " at byte " + std::to_string(unreadable_ - data_) + " of " + size +
              ": the disk reports an error");
}

}  // namespace warp2vec
