#include "host/compression/compression.h"

#include <array>
#include <utility>

namespace warp2vec {
namespace {

constexpr std::array<std::pair<std::string_view, Compression>, 4> kEndings{{{".gz", Compression::gzip},
                                                                            {".zst", Compression::zstd},
                                                                            {".bz2", Compression::bzip2},
                                                                            {".xz", Compression::xz}}};

std::pair<std::string_view, Compression> ending_of(std::string_view path) {
  for (const auto& ending : kEndings)
    if (path.ends_with(ending.first)) return ending;
  return {"", Compression::none};
}

}  // namespace

const char* name_of(Compression compression) {
  switch (compression) {
    case Compression::gzip:
      return "gzip";
    case Compression::zstd:
      return "zstd";
    case Compression::bzip2:
      return "bzip2";
    case Compression::xz:
      return "xz";
    case Compression::none:
      break;
  }
  return "plain";
}

Compression sniff(std::string_view first) {
  if (first.starts_with("\x1f\x8b")) return Compression::gzip;
  if (first.starts_with("\x28\xb5\x2f\xfd")) return Compression::zstd;
  // A skippable zstd frame, with which files of parallel compressors begin.
  if (first.size() >= 4 && (first[0] & 0xF0) == 0x50 && first.substr(1, 3) == "\x2a\x4d\x18")
    return Compression::zstd;
  if (first.starts_with("BZh") && first.size() >= 4 && first[3] >= '1' && first[3] <= '9')
    return Compression::bzip2;
  if (first.starts_with(std::string_view("\xfd\x37zXZ\0", 6))) return Compression::xz;
  return Compression::none;
}

Compression compression_of_name(std::string_view path) { return ending_of(path).second; }

std::string_view without_compression(std::string_view path) {
  path.remove_suffix(ending_of(path).first.size());
  return path;
}

}  // namespace warp2vec
