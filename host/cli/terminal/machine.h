#pragma once
/// The machine that the program runs on.

#include <cstdint>
#include <string>

namespace warp2vec::cli {

struct Machine {
  std::string cpu;          ///< model name
  int threads = 0;          ///< hardware threads that this process may use
  int cores = 0;            ///< physical cores; 0 = unknown
  std::string os;           ///< distribution and kernel
  std::int64_t memory = 0;  ///< bytes; 0 = unknown
};

Machine this_machine();

/// Largest resident size of this process so far, bytes.
std::int64_t peak_memory();

}  // namespace warp2vec::cli
