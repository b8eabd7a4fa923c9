#pragma once
/// Checksums of files.

#include <cstdint>
#include <string_view>

namespace warp2vec {

/// The CRC-32 of gzip and PNG (ISO 3309: polynomial 0x04C11DB7, bits reflected), continued from `crc`, that
/// of the bytes before. It notices every change of up to 32 bits in a row.
std::uint32_t crc32_of(std::string_view bytes, std::uint32_t crc = 0);

}  // namespace warp2vec
