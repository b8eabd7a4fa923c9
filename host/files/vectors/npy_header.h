#pragma once
/// The header of NumPy's .npy files, version 1.0 (numpy.lib.format).

#include "host/files/vector_source.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace warp2vec {

/// A matrix of little-endian float32 in C order, at offset `size`.
struct NpyHeader {
  std::int64_t rows = 0;                     ///< >= 1
  std::int32_t cols = 0;                     ///< >= 1
  std::size_t size = 0;                      ///< bytes of the header
  std::optional<std::uint32_t> words_crc{};  ///< CRC-32 of the words, one per line; other programs write none
};

bool is_npy(std::string_view bytes);

/// Throws Error for another version, type, order or number of dimensions, and if the file's size does not
/// match the shape.
NpyHeader read_npy_header(const VectorSource& source);

/// The bytes before the values, a multiple of 64 as in numpy.save. Readers skip the blanks before the
/// header's newline, so these carry `words_crc`: a tab, and for each bit from the highest a tab if it is set,
/// else a space. Other programs write spaces alone.
std::string make_npy_header(std::int64_t rows, std::int32_t cols, std::uint32_t words_crc);

}  // namespace warp2vec
