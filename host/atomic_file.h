#pragma once
/// Output files that appear under their final name whole or not at all.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// Writes to a temporary file beside `path` (name + ".tmp-" + process id + "-" + number) and renames it on
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

}  // namespace warp2vec
