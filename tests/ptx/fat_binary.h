#pragma once
/// The code that nvcc embeds in a program.

#include <string>
#include <vector>

namespace warp2vec::ptx {

struct Image {
  int architecture;  ///< as in CMAKE_CUDA_ARCHITECTURES, without suffixes
  bool ptx;          ///< or machine code
  std::string text;  ///< of PTX
};

/// First bytes of a fat binary, in the machine's byte order.
inline constexpr unsigned kFatBinaryMagic = 0xBA55ED50;

/// What a fat binary contains, in increasing order of architecture. The format is undocumented; this is the
/// one of CUDA 13.0, plain or compressed with Zstandard. Throws Error for any other.
std::vector<Image> images_of(const void* fat_binary);

}  // namespace warp2vec::ptx
