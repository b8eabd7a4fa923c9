#pragma once
/// The header of NumPy's .npy files, version 1.0 (numpy.lib.format).

#include "host/bytes/named_bytes.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// What an array must be. One-dimensional arrays are allowed if `min_dims` is 1.
struct NpyKind {
  std::span<const std::string_view> types;  ///< "<f4", ...
  std::string_view type_names;              ///< for messages
  std::size_t min_dims = 2;
  bool any_order = false;  ///< Fortran order, too
};

/// An array at offset `size`.
struct NpyArray {
  std::string type;                          ///< one of NpyKind::types
  bool fortran_order = false;                ///< columns one after the other, not rows
  std::vector<std::int64_t> shape;           ///< one or two lengths, each >= 1
  std::size_t size = 0;                      ///< bytes of the header
  std::optional<std::uint32_t> words_crc{};  ///< CRC-32 of the words, one per line; other programs write none
};

bool is_npy(std::string_view bytes);

/// Throws Error for another version, type, order or number of dimensions. `source` may end behind the header.
NpyArray read_npy_array(const NamedBytes& source, const NpyKind& kind);

/// A matrix of little-endian floats, at offset `size`.
struct NpyHeader {
  std::int64_t rows = 0;                     ///< >= 1
  std::int32_t cols = 0;                     ///< >= 1
  std::size_t value_bytes = sizeof(float);   ///< 2, 4 or 8
  bool fortran_order = false;                ///< as NpyArray's
  std::size_t size = 0;                      ///< bytes of the header
  std::optional<std::uint32_t> words_crc{};  ///< as NpyArray's
};

/// The same for vectors; also throws if the file's size does not match the shape.
NpyHeader read_npy_header(const NamedBytes& source);

/// The bytes before the values, a multiple of 64 as in numpy.save. Readers skip the blanks before the
/// header's newline, so these carry `words_crc`: a tab, and for each bit from the highest a tab if it is set,
/// else a space. Other programs write spaces alone. `type`: "<f4" or "<f2".
std::string make_npy_header(std::int64_t rows, std::int32_t cols, std::uint32_t words_crc,
                            std::string_view type = "<f4");

}  // namespace warp2vec
