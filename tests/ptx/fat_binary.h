#pragma once
/// The PTX that nvcc puts into a program.

#include <string>
#include <vector>

namespace warp2vec::ptx {

struct Image {
  int architecture;  ///< as in CMAKE_CUDA_ARCHITECTURES
  std::string text;
};

/// That of a fat binary, for rising architectures. Its format is not documented; read are those of CUDA 12.4
/// to 13.0, plain or compressed with Zstandard. Throws Error for others.
std::vector<Image> images_of(const void* fat_binary);

}  // namespace warp2vec::ptx
