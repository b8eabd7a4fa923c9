#pragma once
/// Decompression of one stream of bytes.

#include "host/compression/compression.h"

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace warp2vec {

/// Why compressed data cannot be read.
class DamagedData : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads all gzip members, zstd frames, or bzip2 or xz streams of a file, one after the other.
class Decompressor {
 public:
  struct Output {
    char* at;
    std::size_t room;
  };

  /// `compression` must not be `none`.
  static std::unique_ptr<Decompressor> make(Compression compression);
  virtual ~Decompressor() = default;
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  /// Decompresses some of `in`, which is empty only at the end of the file, to `out` and advances both. True
  /// if a member, frame or stream ends exactly there, with all of its content written. Throws DamagedData.
  virtual bool step(std::string_view& in, Output& out) = 0;

 protected:
  Decompressor() = default;
};

}  // namespace warp2vec
