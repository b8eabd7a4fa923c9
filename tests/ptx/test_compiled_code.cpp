// What nvcc has compiled, read from the library's file: code for each architecture of the build, of which
// none traps.
#include "tests/ptx/fat_binary.h"
#include "tests/support/subprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {
namespace {

using ::testing::IsSupersetOf;

/// One for each source file with kernels.
std::vector<std::vector<ptx::Image>> fat_binaries() {
  const std::string library = read_whole_file(WARP2VEC_CUDA_LIBRARY);
  std::string magic(sizeof ptx::kFatBinaryMagic, '\0');
  std::memcpy(magic.data(), &ptx::kFatBinaryMagic, magic.size());
  std::vector<std::vector<ptx::Image>> all;
  for (std::size_t at = 0; (at = library.find(magic, at)) != std::string::npos; at += magic.size())
    all.push_back(ptx::images_of(library.data() + at));
  return all;
}

std::vector<int> architectures(const std::vector<ptx::Image>& images, bool ptx) {
  std::vector<int> all;
  for (const ptx::Image& image : images)
    if (image.ptx == ptx) all.push_back(image.architecture);
  return all;
}

/// The definitions of kernels in PTX, each from its name to its end.
std::vector<std::string> kernels_of(const std::string& ptx) {
  constexpr std::string_view kEntry = ".entry ";
  std::vector<std::string> all;
  for (std::size_t at = 0; (at = ptx.find(kEntry, at)) != std::string::npos;) {
    at += kEntry.size();
    all.push_back(ptx.substr(at, ptx.find("\n}", at) - at));
  }
  return all;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(CompiledCode, IsForEachArchitectureOfTheBuild) {
  const auto all = fat_binaries();
  EXPECT_GE(all.size(), 4U);
  for (const std::vector<ptx::Image>& images : all) {
    EXPECT_EQ(architectures(images, false), (std::vector<int>{WARP2VEC_MACHINE_CODE}));
    EXPECT_EQ(architectures(images, true), (std::vector<int>{WARP2VEC_PTX}));
  }
}

TEST(CompiledCode, IsByDefaultForTuringAmpereAndHopper) {
  const std::vector<int> known{WARP2VEC_KNOWN_ARCHITECTURES};  // to the toolkit, if it says so
  std::vector<int> needed{75, 80, 90};
  if (!known.empty())
    std::erase_if(needed, [&](int a) { return std::find(known.begin(), known.end(), a) == known.end(); });
  EXPECT_THAT((std::vector<int>{WARP2VEC_DEFAULT_ARCHITECTURES}), IsSupersetOf(needed));
}

TEST(CompiledCode, DoesNotTrapAndTrainsTilesOnTensorCoresFromAmpereOn) {
  int tile_kernels = 0;
  for (const std::vector<ptx::Image>& images : fat_binaries())
    for (const ptx::Image& image : images)
      for (const std::string& kernel : kernels_of(image.text)) {
        SCOPED_TRACE(std::to_string(image.architecture) + ": " + kernel.substr(0, kernel.find('(')));
        EXPECT_FALSE(contains(kernel, "trap;"));
        if (!contains(kernel.substr(0, kernel.find('(')), "dense_tile_kernelI")) continue;
        ++tile_kernels;
        EXPECT_EQ(contains(kernel, "mma.sync"), image.architecture >= 80);
      }
  EXPECT_EQ(tile_kernels > 0, !(std::vector<int>{WARP2VEC_PTX}).empty());
}

}  // namespace
}  // namespace warp2vec
