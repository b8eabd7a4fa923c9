#include "host/io/scratch_file.h"

#include <warp2vec/error.h>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace warp2vec {
namespace {

namespace fs = std::filesystem;

// Not every file system has files that never had a name: the name of others is gone at once.
int open_unnamed(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return fd;
  std::string path = (fs::path(folder) / ".warp2vec-XXXXXX").string();
  const int named = ::mkostemp(path.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(path.c_str());
  return named;
}

}  // namespace

std::string scratch_folder_or_default(const std::string& folder) {
  if (!folder.empty()) return folder;
  std::error_code error;
  const fs::path usual = fs::temp_directory_path(error);
  if (error) throw Error("no folder for temporary files (is TMPDIR right?): " + error.message());
  return usual.string();
}

bool is_in_memory(const std::string& folder) {
  struct statfs status {};
  if (::statfs(folder.c_str(), &status) != 0) return false;
  return status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC;
}

ScratchFile::ScratchFile(const std::string& content, const std::string& folder)
    : folder_(scratch_folder_or_default(folder)), content_(content) {
  const int fd = open_unnamed(folder_);
  if (fd < 0) fail();
  file_ = std::make_shared<const InputFile>(fd, content);
}

void ScratchFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(file_->fd(), bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (n < 0) {
      if (errno == EINTR) continue;
      fail();
    }
    size_ += n;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void ScratchFile::fail() const {
  throw Error("cannot write " + content_ + " to a temporary file in " + folder_ + ": " +
              std::generic_category().message(errno) + " (--scratch-folder or TMPDIR names another folder)");
}

}  // namespace warp2vec
