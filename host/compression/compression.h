#pragma once
/// The compressed formats that are read and written, told by content and by name.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace warp2vec {

enum class Compression : std::uint8_t { none, gzip, zstd, bzip2, xz };

/// Given to a stream at a time: zlib and libbz2 count in 32 bits.
constexpr std::size_t kMaxStreamBytes = std::size_t{1} << 30;

/// "gzip", "zstd", "bzip2", "xz", or "plain" for none.
const char* name_of(Compression compression);

/// Detects the compression from a file's first bytes (six are enough).
Compression sniff(std::string_view first_bytes);

/// What the end of a file's name says: .gz, .zst, .bz2 or .xz.
Compression compression_of_name(std::string_view path);

/// `path` without that end.
std::string_view without_compression(std::string_view path);

}  // namespace warp2vec
