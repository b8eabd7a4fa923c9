#pragma once
/// Checksums of files.

#include <cstdint>
#include <string_view>

namespace warp2vec {

/// The CRC-32 of gzip and PNG (ISO 3309: polynomial 0x04C11DB7, bits reflected), continued from `crc`, that
/// of the preceding bytes. It detects every error burst of up to 32 bits.
std::uint32_t crc32_of(std::string_view bytes, std::uint32_t crc = 0);

/// The CRC-32 of two sequences of bytes, one after the other, from those of each.
std::uint32_t crc32_of_both(std::uint32_t first, std::uint32_t second, std::uint64_t bytes_of_second);

/// The CRC-32C of TFRecord files, iSCSI and others (RFC 3720, B.4: Castagnoli's polynomial 0x1EDC6F41, bits
/// reflected). A byte at a time: for little data.
std::uint32_t crc32c_of(std::string_view bytes);

}  // namespace warp2vec
