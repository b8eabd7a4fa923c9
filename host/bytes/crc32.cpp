#include "host/bytes/crc32.h"

#include <zlib.h>

namespace warp2vec {

std::uint32_t crc32_of(std::string_view bytes, std::uint32_t crc) {
  if (bytes.empty()) return crc;  // zlib would reset the CRC for a null pointer
  return static_cast<std::uint32_t>(
      ::crc32_z(crc, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

std::uint32_t crc32_of_both(std::uint32_t first, std::uint32_t second, std::uint64_t bytes_of_second) {
  if (bytes_of_second == 0) return first;
  return static_cast<std::uint32_t>(::crc32_combine(first, second, static_cast<z_off_t>(bytes_of_second)));
}

}  // namespace warp2vec
