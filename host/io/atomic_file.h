#pragma once
/// Output files that appear under their final name whole or not at all.

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
/// stays as it was. A path that exists and is not a regular file (/dev/stdout, a pipe) is written to
/// directly; a symbolic link is followed; a file that is replaced keeps its permissions, and one without
/// write permission is refused. All functions throw Error naming the path and the reason, for
/// example "No space left on device".
class AtomicFile {
 public:
  explicit AtomicFile(const std::string& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view bytes);
  /// Brings everything to disk under the temporary name; nothing can be written afterwards. commit() does it
  /// itself; of files that belong together, finish all before the first is committed.
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

/// Throws Error if a file under this name could not be written later: checked before long work, leaves
/// nothing behind.
void check_writable(const std::string& path);

/// The file that `path` names in the end, behind all symbolic links; it need not exist.
std::string behind_links(const std::string& path);

/// A file that has just been created, open for writing.
struct NewFile {
  std::string path;
  int fd = -1;  ///< below 0 if it could not be, and errno says why
};

/// Creates a file beside `target`, with one of the names that AtomicFile uses (that of `target` is cut if it
/// would be too long): the first, by `random`, that is not taken.
NewFile create_beside(const std::string& target, mode_t mode, const std::function<std::uint64_t()>& random);

}  // namespace warp2vec
