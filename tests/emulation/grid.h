#pragma once
/// Runs the threads of one kernel launch, block after block.

#include "tests/emulation/emulated_device.h"

#include <cstddef>
#include <functional>
#include <string>

namespace warp2vec::emulation {

/// A kernel with its arguments and launch configuration. Grids and blocks have one dimension.
struct Launch {
  std::string kernel;  ///< its name, for messages
  unsigned blocks = 1;
  unsigned threads = 1;
  std::size_t shared_bytes = 0;
  std::function<void()> body;  ///< what each thread does
};

/// Throws std::logic_error, naming kernel, block and threads, if the threads of a block or warp do not all
/// reach the same barrier or all return. Exceptions of threads are rethrown. Not reentrant.
void run_grid(const Launch& launch, const Schedule& schedule);

}  // namespace warp2vec::emulation
