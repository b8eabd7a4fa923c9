#pragma once
/// The bytes of a vector file.

#include "host/bytes/named_bytes.h"

#include <cstddef>
#include <cstdint>

namespace warp2vec {

/// How values are stored, all little-endian.
enum class FloatType : std::uint8_t { float16, bfloat16, float32, float64 };

/// Bytes of a value.
constexpr std::size_t size_of(FloatType type) {
  return type == FloatType::float64 ? 8 : type == FloatType::float32 ? 4 : 2;
}

struct VectorSource : NamedBytes {
  /// Copies `count` little-endian floats. Throws Error naming the offset of one that is not finite.
  void copy_values(std::size_t offset, float* to, std::int32_t count) const;
  /// The same for `count` values of `type`, each `stride` bytes behind the one before.
  void copy_values(std::size_t offset, float* to, std::int32_t count, FloatType type,
                   std::size_t stride) const;
};

}  // namespace warp2vec
