#pragma once
/// Output files that appear under their final name complete, or not at all.

#include "host/io/temporary_files.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// Writes to a temporary file beside `path` (name + ".tmp-" + 16 random hexadecimal digits) and renames it on
/// commit(), after fsync; then fsyncs the folder. Without commit() the temporary file is removed and `path`
/// is unchanged; those that killed processes left are removed, too. A path that exists and is not a regular
/// file (/dev/stdout, a pipe) is written to directly; a symbolic link is followed; a replaced file keeps its
/// permissions, and its owner and group if this user may give files away; one without write permission is an
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
  void close();
  [[noreturn]] void fail(const char* what) const;

  std::string path_;       // as the user named it, for messages
  std::string target_;     // links resolved
  std::string temporary_;  // empty if the path is written to directly
  std::optional<TemporaryName> name_;
  int fd_ = -1;
  bool finished_ = false;
  std::vector<char> buffer_;
};

/// Throws Error if `path` cannot be written; to be called before long work. Leaves nothing behind.
void check_writable(const std::string& path);

/// Whether `path` is there and neither a regular file nor a folder: a device or a pipe.
bool is_special_file(const std::string& path);

/// The target of `path` with all symbolic links resolved; it need not exist.
std::string behind_links(const std::string& path);

}  // namespace warp2vec
