// Preloaded into a program, makes one of its system calls fail: FAIL_CALL names it, FAIL_AT its number among
// the calls on files whose path contains FAIL_PATH (from 1), FAIL_ERRNO the error; "thread" is
// pthread_create. With FAIL_ON set all further ones fail too. Creates the file FAIL_MARK when it happens.
// With FAIL_KILL set the program is killed there instead: after half of a write, before other calls, and
// after a rename if the call is "renamed". "cut": mmap succeeds, and the file is then cut in half. "malloc":
// allocations, from the first opening of a file of FAIL_PATH on; static objects allocate before main().

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

std::atomic<long> calls{0};
std::atomic<bool> input_opened{false};

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

const char* setting(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody changes it
  return value != nullptr ? value : "";
}

// Whether this is the call, which is counted.
bool is_reached(const char* call, const char* path) {
  if (std::strcmp(setting("FAIL_CALL"), call) != 0 || std::strstr(path, setting("FAIL_PATH")) == nullptr)
    return false;
  const long number = ++calls;
  const long at = std::atol(setting("FAIL_AT"));
  if (number != at && (number < at || *setting("FAIL_ON") == '\0')) return false;
  ::close(next<int(const char*, int, ...)>("open")(setting("FAIL_MARK"), O_CREAT | O_WRONLY, 0600));
  return true;
}

void kill_if_wanted() {
  if (*setting("FAIL_KILL") != '\0') ::kill(::getpid(), SIGKILL);
}

bool fails(const char* call, const char* path) {
  if (!is_reached(call, path)) return false;
  kill_if_wanted();
  errno = std::atoi(setting("FAIL_ERRNO"));
  return true;
}

std::string path_of(int fd) {
  char path[4096] = {};
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  return ::readlink(link.c_str(), path, sizeof(path) - 1) > 0 ? path : "";
}

bool fails(const char* call, int fd) { return fails(call, path_of(fd).c_str()); }

// `write_some` writes as many bytes.
template <class WriteSome>
ssize_t write_as(int fd, std::size_t bytes, WriteSome write_some) {
  if (!is_reached("write", path_of(fd).c_str())) return write_some(bytes);
  if (*setting("FAIL_KILL") != '\0') write_some(bytes / 2);
  kill_if_wanted();
  errno = std::atoi(setting("FAIL_ERRNO"));
  return -1;
}

template <class Mode>
int open_as(const char* name, const char* path, int flags, Mode mode) {
  if (std::strstr(path, setting("FAIL_PATH")) != nullptr) input_opened = true;
  return fails("open", path) ? -1 : next<int(const char*, int, ...)>(name)(path, flags, mode);
}

std::FILE* fopen_as(const char* name, const char* path, const char* mode) {
  return fails("open", path) ? nullptr : next<std::FILE*(const char*, const char*)>(name)(path, mode);
}

void cut_in_half(int fd) {
  const std::string name = "/proc/self/fd/" + std::to_string(fd);
  struct stat status {};
  if (::fstat(fd, &status) != 0 || ::truncate(name.c_str(), status.st_size / 2) != 0) ::abort();
}

void* mmap_as(const char* name, void* at, std::size_t bytes, int protection, int flags, int fd,
              off_t offset) {
  if (fd >= 0 && fails("mmap", fd)) return MAP_FAILED;
  if (fd >= 0 && fails("cut", fd)) cut_in_half(fd);
  return next<void*(void*, std::size_t, int, int, int, off_t)>(name)(at, bytes, protection, flags, fd,
                                                                     offset);
}

const bool fail_allocations = std::strcmp(setting("FAIL_CALL"), "malloc") == 0;

bool allocation_fails() { return fail_allocations && input_opened && fails("malloc", setting("FAIL_PATH")); }

}  // namespace

extern "C" {

// glibc's own names.
void* __libc_malloc(std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);

void* malloc(std::size_t bytes) noexcept { return allocation_fails() ? nullptr : __libc_malloc(bytes); }

void* aligned_alloc(std::size_t alignment, std::size_t bytes) noexcept {
  return allocation_fails() ? nullptr : __libc_memalign(alignment, bytes);
}

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const unsigned mode = (flags & O_CREAT) != 0 ? va_arg(arguments, unsigned) : 0;
  va_end(arguments);
  return open_as("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const unsigned mode = (flags & O_CREAT) != 0 ? va_arg(arguments, unsigned) : 0;
  va_end(arguments);
  return open_as("open64", path, flags, mode);
}

std::FILE* fopen(const char* path, const char* mode) { return fopen_as("fopen", path, mode); }
std::FILE* fopen64(const char* path, const char* mode) { return fopen_as("fopen64", path, mode); }

ssize_t read(int fd, void* to, std::size_t bytes) {
  return fails("read", fd) ? -1 : next<ssize_t(int, void*, std::size_t)>("read")(fd, to, bytes);
}

ssize_t pread(int fd, void* to, std::size_t bytes, off_t offset) {
  return fails("read", fd) ? -1
                           : next<ssize_t(int, void*, std::size_t, off_t)>("pread")(fd, to, bytes, offset);
}

ssize_t pread64(int fd, void* to, std::size_t bytes, off64_t offset) {
  return fails("read", fd)
             ? -1
             : next<ssize_t(int, void*, std::size_t, off64_t)>("pread64")(fd, to, bytes, offset);
}

ssize_t write(int fd, const void* from, std::size_t bytes) {
  return write_as(fd, bytes, [&](std::size_t n) {
    return next<ssize_t(int, const void*, std::size_t)>("write")(fd, from, n);
  });
}

ssize_t pwrite(int fd, const void* from, std::size_t bytes, off_t offset) {
  return write_as(fd, bytes, [&](std::size_t n) {
    return next<ssize_t(int, const void*, std::size_t, off_t)>("pwrite")(fd, from, n, offset);
  });
}

ssize_t pwrite64(int fd, const void* from, std::size_t bytes, off64_t offset) {
  return write_as(fd, bytes, [&](std::size_t n) {
    return next<ssize_t(int, const void*, std::size_t, off64_t)>("pwrite64")(fd, from, n, offset);
  });
}

int fsync(int fd) { return fails("fsync", fd) ? -1 : next<int(int)>("fsync")(fd); }

int rename(const char* from, const char* to) noexcept {
  if (fails("rename", to)) return -1;
  const int status = next<int(const char*, const char*)>("rename")(from, to);
  if (is_reached("renamed", to)) kill_if_wanted();
  return status;
}

void* mmap(void* at, std::size_t bytes, int protection, int flags, int fd, off_t offset) noexcept {
  return mmap_as("mmap", at, bytes, protection, flags, fd, offset);
}

void* mmap64(void* at, std::size_t bytes, int protection, int flags, int fd, off64_t offset) noexcept {
  return mmap_as("mmap64", at, bytes, protection, flags, fd, offset);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                   void* argument) noexcept {
  if (fails("thread", setting("FAIL_PATH"))) return errno;
  return next<int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)>("pthread_create")(
      thread, attributes, run, argument);
}

}  // extern "C"
