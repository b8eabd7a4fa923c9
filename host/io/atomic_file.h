#pragma once
/// Output files that appear under their final name complete, or not at all.

#include "host/compression/compressor.h"
#include "host/io/temporary_files.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// The path of standard output, whatever that is: a file to which the shell redirects it is continued, not
/// replaced.
inline constexpr const char* kStandardOutput = "/dev/stdout";

/// Writes to a temporary file beside `path` (name + ".tmp-" + 16 random hexadecimal digits) and renames it on
/// commit(), after fsync; then fsyncs the folder. Without commit() the temporary file is removed and `path`
/// is unchanged; those that killed processes left are removed, too. A path that exists and is not a regular
/// file (a device, a pipe) is written to directly, and so is kStandardOutput; a symbolic link is followed; a
/// replaced file keeps its permissions, and its owner and group if this user may give files away; one without
/// write permission is an error, and so is a link that require_own_links() refuses. All functions throw Error
/// naming the path and the reason, for example "No space left on device".
class AtomicFile {
 public:
  explicit AtomicFile(const std::string& path, Compression compression = Compression::none);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Compresses the bytes on the way if that was asked for.
  void write(std::string_view bytes);
  /// Replaces what has been written at the file's beginning. Throws Error if the path is not a regular file.
  /// Not for compressed files.
  void rewrite_beginning(std::string_view bytes);
  /// Syncs everything to disk under the temporary name; nothing can be written afterwards. commit() calls it
  /// if needed; finish all files that belong together before committing the first.
  void finish();
  void commit();
  /// Commits two files of which one is useless without the other. Two names cannot be replaced at once, so
  /// the old files are moved to temporary names first: whoever looks meanwhile, or after this process has
  /// been killed, finds the old pair, the new pair, or no `main` file, but never an old file beside a new
  /// one. If this fails, the old files are moved back.
  static void commit_pair(AtomicFile& main, AtomicFile& other);

 private:
  void flush();
  void write_out(std::string_view bytes);
  void rename_to_target();
  void sync_folder() const;
  void close();
  [[noreturn]] void fail(const char* what) const;

  std::string path_;       // as the user named it, for messages
  std::string target_;     // links resolved
  std::string temporary_;  // empty if the path is written to directly
  std::optional<TemporaryName> name_;
  int fd_ = -1;
  bool finished_ = false;
  std::unique_ptr<Compressor> compressor_;  // may be null
  std::string buffer_;                      // not yet compressed
};

/// Throws Error if `path` leads through another user's symbolic link in a folder where anyone may make one
/// (sticky and writable by all, as /tmp): the link may point to any file of this user. It is the rule of
/// Linux's fs.protected_symlinks, which is not always on.
void require_own_links(const std::string& path);

/// Throws Error if `path` cannot be written; to be called before long work. Leaves nothing behind.
void check_writable(const std::string& path);

/// Whether `path` is kStandardOutput, or is there and neither a regular file nor a folder: a device or a
/// pipe.
bool is_special_file(const std::string& path);

/// The target of `path` with all symbolic links resolved; it need not exist.
std::string behind_links(const std::string& path);

}  // namespace warp2vec
