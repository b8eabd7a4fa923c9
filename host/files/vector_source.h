#pragma once
/// The bytes of a vector file.

#include "host/bytes/named_bytes.h"

#include <cstddef>
#include <cstdint>

namespace warp2vec {

struct VectorSource : NamedBytes {
  /// Copies `count` little-endian floats. Throws Error naming the offset of one that is not finite.
  void copy_values(std::size_t offset, float* to, std::int32_t count) const;
};

}  // namespace warp2vec
