#include "host/io/temporary_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cinttypes>
#include <climits>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <vector>

namespace warp2vec {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMark = ".tmp-";
constexpr std::size_t kDigits = 16;

std::string hexadecimal(std::uint64_t bits) {
  std::array<char, kDigits + 1> digits{};
  std::snprintf(digits.data(), digits.size(), "%016" PRIx64, bits);
  return digits.data();
}

// What the names of a target's temporary files begin with. A name that would be too long is truncated.
std::string stem_of(const fs::path& target) {
  std::string name = target.filename().string();
  name.resize(std::min(name.size(), std::size_t{NAME_MAX} - kMark.size() - kDigits));
  return name.append(kMark);
}

bool is_named(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) != 0 || status.st_nlink > 0;
}

// Another process may have taken a new file for a leftover before it was locked: it is then locked by that
// process, or gone. Where there are no locks, nobody removes files.
bool lock(int fd) {
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return false;
  return is_named(fd);
}

// `name` is in the open folder `folder`.
void remove_if_left(int folder, const char* name) {
  const int fd = ::openat(folder, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return;
  struct stat status {};
  if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
      ::flock(fd, LOCK_EX | LOCK_NB) == 0)
    ::unlinkat(folder, name, 0);
  ::close(fd);
}

// Paths for a signal handler, which may neither allocate nor lock.
struct Slot {
  enum State { free, filling, full };
  std::atomic<int> state{free};
  std::array<char, PATH_MAX> path{};
};
static_assert(std::atomic<int>::is_always_lock_free, "needed in a signal handler");
std::array<Slot, 8> slots;

}  // namespace

NewFile create_beside(const std::string& target, mode_t mode, const std::function<std::uint64_t()>& random) {
  NewFile file;
  constexpr int kMaxTries = 100;
  const fs::path folder = fs::path(target).parent_path();
  const std::string stem = stem_of(target);
  for (int i = 0; i < kMaxTries; ++i) {
    file.path = (folder / (stem + hexadecimal(random()))).string();
    file.fd = ::open(file.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file.fd < 0 && errno != EEXIST) break;
    if (file.fd >= 0 && lock(file.fd)) break;
    if (file.fd >= 0) ::close(file.fd);
    file.fd = -1;
    errno = EEXIST;
  }
  return file;
}

bool is_temporary_name(std::string_view name) {
  if (name.size() <= kMark.size() + kDigits) return false;
  const std::string_view ending = name.substr(name.size() - kMark.size() - kDigits);
  return ending.starts_with(kMark) &&
         ending.find_first_not_of("0123456789abcdef", kMark.size()) == std::string_view::npos;
}

void remove_leftovers(const std::string& target) {
  const fs::path folder = fs::path(target).parent_path();
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(folder.empty() ? "." : folder.c_str()),
                                                    ::closedir);
  if (!entries) return;
  const std::string stem = stem_of(target);
  std::vector<std::string> found;
  while (const dirent* entry = ::readdir(entries.get())) {  // NOLINT(concurrency-mt-unsafe): its own stream
    const std::string_view name = entry->d_name;
    if (name.size() == stem.size() + kDigits && name.starts_with(stem) && is_temporary_name(name))
      found.emplace_back(name);
  }
  for (const std::string& name : found) remove_if_left(::dirfd(entries.get()), name.c_str());
}

TemporaryName::TemporaryName(const std::string& path) : slot_(-1) {
  if (path.size() >= PATH_MAX) return;
  for (std::size_t i = 0; i < slots.size() && slot_ < 0; ++i) {
    int expected = Slot::free;
    if (!slots[i].state.compare_exchange_strong(expected, Slot::filling)) continue;
    std::memcpy(slots[i].path.data(), path.c_str(), path.size() + 1);
    slots[i].state.store(Slot::full);
    slot_ = static_cast<int>(i);
  }
}

TemporaryName::~TemporaryName() {
  if (slot_ >= 0) slots[static_cast<std::size_t>(slot_)].state.store(Slot::free);
}

void remove_temporary_files() noexcept {
  for (const Slot& slot : slots)
    if (slot.state.load() == Slot::full) ::unlink(slot.path.data());
}

}  // namespace warp2vec
