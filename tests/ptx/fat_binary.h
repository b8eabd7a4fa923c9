#pragma once
/// The PTX that nvcc embeds in a program.

#include <string>
#include <vector>

namespace warp2vec::ptx {

struct Image {
  int architecture;  ///< as in CMAKE_CUDA_ARCHITECTURES
  std::string text;
};

/// The PTX in a fat binary, in increasing order of architecture. The format is undocumented; this is the one
/// of CUDA 13.0, plain or compressed with Zstandard. Throws Error for any other.
std::vector<Image> images_of(const void* fat_binary);

}  // namespace warp2vec::ptx
