#pragma once
/// The bytes of a vector file, with errors that name file and offset.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace warp2vec {

struct VectorSource {
  const std::string& path;  ///< for messages
  std::string_view bytes;

  /// Throws Error naming file and offset.
  [[noreturn]] void fail(std::size_t offset, const std::string& what) const;

  /// Copies `count` little-endian floats. Throws Error naming the offset of one that is not finite.
  void copy_values(std::size_t offset, float* to, std::int32_t count) const;
};

}  // namespace warp2vec
