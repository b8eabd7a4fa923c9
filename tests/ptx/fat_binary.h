#pragma once
/// The PTX that nvcc puts into a program.

#include <string>
#include <vector>

namespace warp2vec::ptx {

struct Image {
  int architecture;  ///< as in CMAKE_CUDA_ARCHITECTURES
  std::string text;
};

/// That of a fat binary, for rising architectures. The format is not documented; this is that of CUDA 13.0,
/// plain or compressed with Zstandard. Throws Error for another.
std::vector<Image> images_of(const void* fat_binary);

}  // namespace warp2vec::ptx
