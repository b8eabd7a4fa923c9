#pragma once
/// The program: runs a command, and turns exceptions into messages and exit codes.

#include "host/cli/flags/arguments.h"

namespace warp2vec::cli {

/// `arguments`: those after the program's name. Returns 0, 1 for an error, 2 for wrong usage, 128 + signal.
int run_program(Arguments arguments);

}  // namespace warp2vec::cli
