#pragma once
/// Temporary files beside the files that they become: their names, and removal wherever a process ends.

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace warp2vec {

/// A newly created file, open for writing, and locked (flock) where the file system has locks.
struct NewFile {
  std::string path;
  int fd = -1;  ///< negative on failure, with errno set
};

/// Creates a file beside `target`, named as target + ".tmp-" + 16 hexadecimal digits (truncating target's
/// name if it would be too long), which are drawn from `random` until a name is free.
NewFile create_beside(const std::string& target, mode_t mode, const std::function<std::uint64_t()>& random);

/// Whether create_beside() gives such names.
bool is_temporary_name(std::string_view name);

/// Removes the temporary files of `target` that killed processes left: regular files of this user that no
/// living process has locked. Ignores failures.
void remove_leftovers(const std::string& target);

/// While it lives, remove_temporary_files() removes the file.
class TemporaryName {
 public:
  explicit TemporaryName(const std::string& path);
  ~TemporaryName();
  TemporaryName(const TemporaryName&) = delete;
  TemporaryName& operator=(const TemporaryName&) = delete;

 private:
  int slot_;  // negative if all are taken: remove_leftovers() must do
};

/// For a signal handler that ends the process.
void remove_temporary_files() noexcept;

}  // namespace warp2vec
