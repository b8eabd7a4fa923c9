#include "host/bytes/crc32.h"

#include <zlib.h>

#include <array>

namespace warp2vec {
namespace {

// The remainders of single bytes.
constexpr std::array<std::uint32_t, 256> make_castagnoli_table() {
  constexpr std::uint32_t kPolynomial = 0x82F63B78;  // reflected
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    table[byte] = byte;
    for (int bit = 0; bit < 8; ++bit)
      table[byte] = table[byte] >> 1 ^ ((table[byte] & 1) != 0 ? kPolynomial : 0);
  }
  return table;
}

constexpr std::array<std::uint32_t, 256> kCastagnoli = make_castagnoli_table();

}  // namespace

std::uint32_t crc32_of(std::string_view bytes, std::uint32_t crc) {
  if (bytes.empty()) return crc;  // zlib would reset the CRC for a null pointer
  return static_cast<std::uint32_t>(
      ::crc32_z(crc, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

std::uint32_t crc32_of_both(std::uint32_t first, std::uint32_t second, std::uint64_t bytes_of_second) {
  if (bytes_of_second == 0) return first;
  return static_cast<std::uint32_t>(::crc32_combine(first, second, static_cast<z_off_t>(bytes_of_second)));
}

std::uint32_t crc32c_of(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char c : bytes) crc = crc >> 8 ^ kCastagnoli[(crc ^ static_cast<unsigned char>(c)) & 0xFF];
  return ~crc;
}

}  // namespace warp2vec
