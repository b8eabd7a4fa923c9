#pragma once
/// Numbers as little-endian bytes.

#include <bit>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace warp2vec {

static_assert(std::endian::native == std::endian::little, "numbers are copied byte for byte");

template <class Number>
void append_number_bytes(std::string& bytes, Number value) {
  static_assert(std::is_arithmetic_v<Number>);
  char raw[sizeof(Number)];
  std::memcpy(raw, &value, sizeof value);
  bytes.append(raw, sizeof raw);
}

/// `bytes` must have sizeof(Number) bytes from `offset` on.
template <class Number>
Number number_at(std::string_view bytes, std::size_t offset) {
  static_assert(std::is_arithmetic_v<Number>);
  Number value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

}  // namespace warp2vec
