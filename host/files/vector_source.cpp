#include "host/files/vector_source.h"

#include "host/training/matrix_rows.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace warp2vec {

static_assert(std::endian::native == std::endian::little, "the floats of vector files are little-endian");

void VectorSource::copy_values(std::size_t offset, float* to, std::int32_t count) const {
  std::memcpy(to, bytes.data() + offset, static_cast<std::size_t>(count) * sizeof(float));
  if (all_finite({to, static_cast<std::size_t>(count)})) return;
  std::size_t bad = 0;
  while (std::isfinite(to[bad])) ++bad;
  fail(offset + bad * sizeof(float), "value " + std::to_string(bad + 1) + " of the vector is not finite");
}

}  // namespace warp2vec
