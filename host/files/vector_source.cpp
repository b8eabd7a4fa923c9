#include "host/files/vector_source.h"

#include "host/bytes/half.h"
#include "host/bytes/little_endian.h"
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

void VectorSource::copy_values(std::size_t offset, float* to, std::int32_t count, FloatType type,
                               std::size_t stride) const {
  const auto value_at = [this, type](std::size_t at) {
    constexpr unsigned kBits = 16;
    switch (type) {
      case FloatType::float16:
        return float_of_half(number_at<std::uint16_t>(bytes, at));
      case FloatType::bfloat16:
        return std::bit_cast<float>(std::uint32_t{number_at<std::uint16_t>(bytes, at)} << kBits);
      case FloatType::float32:
        return number_at<float>(bytes, at);
      case FloatType::float64:
        break;
    }
    return static_cast<float>(number_at<double>(bytes, at));
  };
  for (std::int32_t i = 0; i < count; ++i) {
    const std::size_t at = offset + static_cast<std::size_t>(i) * stride;
    to[i] = value_at(at);
    if (!std::isfinite(to[i]))
      fail(at, "value " + std::to_string(i + 1) + " of the vector is not a finite float");
  }
}

}  // namespace warp2vec
