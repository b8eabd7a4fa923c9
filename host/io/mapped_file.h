#pragma once
/// Whole files as memory: only the pages that are used are read, and the system may drop them again.

#include <warp2vec/error.h>

#include "host/io/input_file.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace warp2vec {

/// A regular file, mapped into memory; a compressed one, or a pipe, is copied to a temporary file without a
/// name first, decompressed, and that is mapped. A page that cannot be read, since the file was cut short or
/// the disk fails, would end the process by SIGBUS. While a MappedFile lives, the thread that made it reads
/// such a page and all after it as zeros instead, and check() throws.
class MappedFile {
 public:
  /// Throws Error naming the file and the reason, also for kinds of files that nothing here reads
  /// (host/io/foreign_file.h).
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view text() const { return {data_, size_}; }
  /// The file with these bytes, which is the temporary one if there is one.
  const std::shared_ptr<const InputFile>& file() const { return file_; }
  /// Throws Error naming the file if some of it could not be read, or it has changed since it was mapped.
  void check() const;

  /// Gives the memory of all pages back: those that are used again are read again.
  void release() const;

  /// For the handler of SIGBUS: whether `at` is in one of this thread's files, the rest of which is now
  /// zeros.
  static bool replace_unreadable(const void* at) noexcept;

 private:
  std::string path_;
  std::shared_ptr<const InputFile> file_;
  FileState state_;
  const char* data_ = nullptr;
  std::size_t size_ = 0;
  const char* volatile unreadable_ = nullptr;  // the first page that could not be read
  MappedFile* outer_;                          // mapped earlier by this thread
};

/// The result of `read`, which gets the content of a mapped file, and the file if it takes two arguments.
/// Throws the Error of check() whatever `read` made of the content.
template <class Read>
auto read_mapped(const std::string& path, const Read& read) {
  const MappedFile file(path);
  try {
    auto result = [&] {
      if constexpr (std::is_invocable_v<const Read&, std::string_view, const MappedFile&>)
        return read(file.text(), file);
      else
        return read(file.text());
    }();
    file.check();
    return result;
  } catch (const Error&) {
    file.check();
    throw;
  }
}

}  // namespace warp2vec
