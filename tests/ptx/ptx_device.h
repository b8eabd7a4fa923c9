#pragma once
/// The kernels that nvcc compiled, run from their PTX on the emulated GPUs of tests/emulation, whose memory,
/// streams and plans they use. A program that links ptx_warp2vec_cuda has the shipped library, and these in
/// place of libcudart.

#include "tests/emulation/emulated_device.h"
#include "tests/ptx/machine.h"

#include <functional>
#include <string>
#include <vector>

namespace warp2vec::ptx {

struct Settings {
  Options options;
  /// Changes the PTX of a kernel before it is decoded, to see whether that is noticed.
  std::function<std::string(const std::string& kernel, const std::string& ptx)> edit;
};
Settings& settings();

/// Forgets decoded kernels, for a change of `edit`, and failures.
void reset();
/// The kernels that have been launched since.
std::vector<const Program*> programs();
/// What the first kernel that failed did, which is also printed; later ones do nothing, and calls of CUDA
/// fail. Empty: none has failed.
const std::string& failure();
/// Those that the library has PTX for, rising.
std::vector<int> architectures();
/// Whether the mangled name is that of a kernel of the project, not of a library.
bool is_of_the_project(const std::string& kernel);
/// By warps, since the program began.
std::uint64_t executed_instructions();

}  // namespace warp2vec::ptx
