#pragma once
/// A file's bytes in memory without reading them first.

#include <string>
#include <string_view>

namespace warp2vec {

/// A regular file mapped read-only for as long as this object lives.
class MappedFile {
 public:
  /// Throws Error naming the path and the reason.
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return bytes_; }

 private:
  std::string_view bytes_;
};

}  // namespace warp2vec
