#pragma once
/// The header of NumPy's .npy files, version 1.0 (numpy.lib.format).

#include "host/files/vector_source.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace warp2vec {

/// A matrix of little-endian float32 in C order, at offset `size`.
struct NpyHeader {
  std::int64_t rows = 0;  ///< >= 1
  std::int32_t cols = 0;  ///< >= 1
  std::size_t size = 0;   ///< bytes of the header
};

bool is_npy(std::string_view bytes);

/// Throws Error for another version, type, order or number of dimensions, and if the file's size does not
/// match the shape.
NpyHeader read_npy_header(const VectorSource& source);

/// The bytes before the values, a multiple of 64 as in numpy.save.
std::string make_npy_header(std::int64_t rows, std::int32_t cols);

}  // namespace warp2vec
