#pragma once
/// The text of a file as one stream of bytes.

#include "host/text/text_files.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace warp2vec {

class TextBytes {
 public:
  /// Plain or compressed. Throws Error naming the file if it cannot be opened.
  static std::unique_ptr<TextBytes> open(const Corpus::File& file);
  virtual ~TextBytes() = default;
  TextBytes(const TextBytes&) = delete;
  TextBytes& operator=(const TextBytes&) = delete;

  /// The next bytes of the text; fewer than requested only at its end. Throws Error naming the file if it
  /// cannot be read, or is not as long as it was when the Corpus was constructed.
  virtual std::size_t read(char* to, std::size_t bytes) = 0;
  /// Bytes taken from the file so far.
  virtual std::int64_t consumed() const = 0;
  /// To be called at the end of the text. Throws Error naming the file if it has been written to meanwhile.
  void require_unchanged() const;

 protected:
  explicit TextBytes(const Corpus::File& file) : name_(file.name), file_(file.open()), state_(file.state) {}

  std::string name_;
  std::shared_ptr<const InputFile> file_;
  FileState state_;
};

}  // namespace warp2vec
