#pragma once
/// The text of a file as one stream of bytes.

#include "host/text/text_files.h"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace warp2vec {

class TextBytes {
 public:
  /// Plain or compressed. Throws Error naming the file if it cannot be opened.
  static std::unique_ptr<TextBytes> open(const Corpus::File& file);
  TextBytes() = default;
  virtual ~TextBytes() = default;
  TextBytes(const TextBytes&) = delete;
  TextBytes& operator=(const TextBytes&) = delete;

  /// The next bytes of the text; fewer than requested only at its end. Throws Error naming the file if it
  /// cannot be read, or is not as long as it was when the Corpus was constructed.
  virtual std::size_t read(char* to, std::size_t bytes) = 0;
  /// Bytes taken from the file so far.
  virtual std::int64_t consumed() const = 0;
};

}  // namespace warp2vec
