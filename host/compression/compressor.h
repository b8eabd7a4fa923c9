#pragma once
/// Compression of one stream of bytes.

#include "host/compression/compression.h"

#include <memory>
#include <string>
#include <string_view>

namespace warp2vec {

/// Writes one gzip member, zstd frame, or bzip2 or xz stream, with the checksums of its format, at the level
/// that the format's own program uses by default.
class Compressor {
 public:
  /// `compression` must not be `none`.
  static std::unique_ptr<Compressor> make(Compression compression);
  virtual ~Compressor() = default;
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  /// Appends to `out` what is ready of the compressed form of `in` and of what was added before.
  virtual void add(std::string_view in, std::string& out) = 0;
  /// Appends the rest; nothing can be added afterwards.
  virtual void finish(std::string& out) = 0;

 protected:
  Compressor() = default;
};

}  // namespace warp2vec
