#pragma once
/// One command at a time in a folder.

#include <string>

namespace warp2vec::cli::bench {

/// Holds a folder, which must exist, until it is destroyed or the process ends; leaves nothing in it. Throws
/// Error naming the folder if another process holds it. A file system that cannot lock is not locked.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int fd_ = -1;
};

}  // namespace warp2vec::cli::bench
