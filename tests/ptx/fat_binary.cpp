#include "tests/ptx/fat_binary.h"

#include "tests/ptx/program.h"

#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace warp2vec::ptx {
namespace {

template <class T>
T value_at(const unsigned char* p) {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

constexpr std::uint16_t kPtx = 1;  // kind of an entry; the other is machine code

/// The text of an entry: it follows the header, compressed if the compressed size is not 0.
std::string text_of(const unsigned char* entry) {
  const unsigned char* const payload = entry + value_at<std::uint32_t>(entry + 4);
  const auto compressed = value_at<std::uint32_t>(entry + 16);
  std::string text(value_at<std::uint64_t>(entry + (compressed > 0 ? 56 : 8)), '\0');
  if (compressed == 0) {
    std::memcpy(text.data(), payload, text.size());
  } else if (ZSTD_decompress(text.data(), text.size(), payload, compressed) != text.size()) {
    throw Error("the PTX in this program is compressed in a way that is not known here");
  }
  text.resize(std::min(text.size(), text.find('\0')));
  return text;
}

}  // namespace

std::vector<Image> images_of(const void* fat_binary) {
  const auto* const begin = static_cast<const unsigned char*>(fat_binary);
  if (value_at<std::uint32_t>(begin) != kFatBinaryMagic)
    throw Error("a fat binary of a format that is not known here");
  std::vector<Image> images;
  const unsigned char* entry = begin + value_at<std::uint16_t>(begin + 6);
  const unsigned char* const end = entry + value_at<std::uint64_t>(begin + 8);
  while (entry < end) {
    const bool ptx = value_at<std::uint16_t>(entry) == kPtx;
    images.push_back({static_cast<int>(value_at<std::uint32_t>(entry + 28)), ptx, ptx ? text_of(entry) : ""});
    entry += value_at<std::uint32_t>(entry + 4) + value_at<std::uint64_t>(entry + 8);
  }
  std::stable_sort(images.begin(), images.end(),
                   [](const Image& a, const Image& b) { return a.architecture < b.architecture; });
  return images;
}

}  // namespace warp2vec::ptx
