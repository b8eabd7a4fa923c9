#pragma once
/// The content of a file, plain or compressed, as one stream of bytes.

#include "host/compression/compression.h"
#include "host/io/input_file.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace warp2vec {

class ByteStream {
 public:
  /// `name` is for messages, and `state` what the file must still be. `begin`: of a plain file, where to
  /// begin.
  static std::unique_ptr<ByteStream> open(std::shared_ptr<const InputFile> file, std::string name,
                                          const FileState& state, Compression compression,
                                          std::int64_t begin = 0);
  virtual ~ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  /// The next bytes of the content; fewer than requested only at its end. Throws Error naming the file if it
  /// cannot be read, or is shorter than `state` says, and if compressed data is damaged, ends too early or is
  /// followed by something else.
  virtual std::size_t read(char* to, std::size_t bytes) = 0;
  /// Where in the file the next bytes are taken from.
  virtual std::int64_t consumed() const = 0;
  /// To be called at the end. Throws Error naming the file if it has been written to meanwhile.
  void require_unchanged() const;

 protected:
  ByteStream(std::shared_ptr<const InputFile> file, std::string name, const FileState& state)
      : name_(std::move(name)), file_(std::move(file)), state_(state) {}

  std::string name_;
  std::shared_ptr<const InputFile> file_;
  FileState state_;
};

}  // namespace warp2vec
