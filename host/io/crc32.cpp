#include "host/io/crc32.h"

#include <zlib.h>

namespace warp2vec {

std::uint32_t crc32_of(std::string_view bytes, std::uint32_t crc) {
  if (bytes.empty()) return crc;  // zlib would reset the CRC for a null pointer
  return static_cast<std::uint32_t>(
      ::crc32_z(crc, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

}  // namespace warp2vec
