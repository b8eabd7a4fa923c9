#pragma once
/// Files open for reading. All failures throw Error naming the file and the reason.

#include <cstddef>
#include <cstdint>
#include <string>

namespace warp2vec {

/// What changes when another file takes a file's place, or when it is written to.
struct FileState {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;      ///< bytes on disk; 0 for pipes and devices
  std::int64_t modified = 0;  ///< nanoseconds

  bool operator==(const FileState&) const = default;
};

/// Short reads are continued: only the end of the file yields fewer bytes than requested.
class InputFile {
 public:
  explicit InputFile(const std::string& path);
  /// Takes ownership of an open descriptor; `name` is for messages.
  InputFile(int fd, std::string name);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::string& name() const { return name_; }
  int fd() const { return fd_; }
  FileState state() const;
  std::int64_t size() const { return state().size; }
  /// Reads from where the last read() ended; works for pipes.
  std::size_t read(char* to, std::size_t bytes);
  /// Reads from `offset`, independently of read(): any number of readers may share a file. Not for pipes.
  std::size_t read_at(std::int64_t offset, char* to, std::size_t bytes) const;

 private:
  std::string name_;
  int fd_ = -1;
};

/// The whole content of a file, a pipe or a device.
std::string read_whole(const std::string& path);

}  // namespace warp2vec
