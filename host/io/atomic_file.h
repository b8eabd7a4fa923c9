#pragma once
/// Output files that appear under their final name complete, or not at all.

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// Writes to a temporary file beside `path` (name + ".tmp-" + 16 random hexadecimal digits) and renames it on
/// commit(), after fsync; then fsyncs the folder. Without commit() the temporary file is removed and `path`
/// is unchanged. A path that exists and is not a regular file (/dev/stdout, a pipe) is written to directly; a
/// symbolic link is followed; a replaced file keeps its permissions, and one without write permission is an
/// error. All functions throw Error naming the path and the reason, for example "No space left on device".
class AtomicFile {
 public:
  explicit AtomicFile(const std::string& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view bytes);
  /// Replaces what has been written at the file's beginning. Throws Error if the path is not a regular file.
  void rewrite_beginning(std::string_view bytes);
  /// Syncs everything to disk under the temporary name; nothing can be written afterwards. commit() calls it
  /// if needed; finish all files that belong together before committing the first.
  void finish();
  void commit();

 private:
  void flush();
  [[noreturn]] void fail(const char* what) const;

  std::string path_;       // as the user named it, for messages
  std::string target_;     // links resolved
  std::string temporary_;  // empty if the path is written to directly
  int fd_ = -1;
  std::vector<char> buffer_;
};

/// Throws Error if `path` cannot be written; to be called before long work. Leaves nothing behind.
void check_writable(const std::string& path);

/// The target of `path` with all symbolic links resolved; it need not exist.
std::string behind_links(const std::string& path);

/// A newly created file, open for writing.
struct NewFile {
  std::string path;
  int fd = -1;  ///< negative on failure, with errno set
};

/// Creates a file beside `target` with a name as AtomicFile uses (truncating target's name if it would be too
/// long), drawn from `random` until one is free.
NewFile create_beside(const std::string& target, mode_t mode, const std::function<std::uint64_t()>& random);

}  // namespace warp2vec
