#pragma once
/// The kernels as compiled by nvcc, run from their PTX on the emulated GPUs of tests/emulation, with their
/// memory, streams and plans. A program that links ptx_warp2vec_cuda uses the shipped library, with this in
/// place of libcudart.

#include "tests/emulation/emulated_device.h"
#include "tests/ptx/machine.h"

#include <functional>
#include <string>
#include <vector>

namespace warp2vec::ptx {

struct Settings {
  Options options;
  /// Modifies the PTX of a kernel before it is decoded, to test whether the change is detected.
  std::function<std::string(const std::string& kernel, const std::string& ptx)> edit;
};
Settings& settings();

/// Discards decoded kernels, after a change of `edit`, and the recorded failure.
void reset();
/// The kernels launched since the last reset().
std::vector<const Program*> programs();
/// The error of the first kernel that failed, which is also printed; later kernels do nothing, and CUDA calls
/// fail. Empty if none has failed.
const std::string& failure();
/// The architectures for which the library has PTX, in increasing order.
std::vector<int> architectures();
/// Whether the mangled name belongs to a kernel of this project rather than of a library.
bool is_of_the_project(const std::string& kernel);
/// Number of instructions executed since the program began, counted by warp.
std::uint64_t executed_instructions();

}  // namespace warp2vec::ptx
