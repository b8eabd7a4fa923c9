#pragma once
/// Files without a name, for what does not fit into memory: however the process ends, nothing of them is
/// left.

#include "host/io/input_file.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace warp2vec {

/// `folder`, or the one for temporary files ($TMPDIR, or /tmp) if it is "". Throws Error if that is no
/// folder.
std::string scratch_folder_or_default(const std::string& folder);

/// Whether files in `folder` take memory (tmpfs), so that they are no place for what does not fit there.
bool is_in_memory(const std::string& folder);

/// A file that is written from its beginning to its end, and read anywhere. All functions throw Error naming
/// the folder and the reason.
class ScratchFile {
 public:
  /// `content` says what it holds, for messages; `folder` as for scratch_folder_or_default().
  ScratchFile(const std::string& content, const std::string& folder);

  void append(std::string_view bytes);
  std::int64_t size() const { return size_; }
  /// For reading; may outlive the ScratchFile.
  const std::shared_ptr<const InputFile>& file() const { return file_; }

 private:
  [[noreturn]] void fail() const;

  std::string folder_;
  std::string content_;
  std::shared_ptr<const InputFile> file_;
  std::int64_t size_ = 0;
};

}  // namespace warp2vec
