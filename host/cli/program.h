#pragma once
/// The program: runs a command, and turns exceptions into messages and exit codes.

#include "host/cli/flags/arguments.h"

#include <string>

namespace warp2vec::cli {

/// `started_as`: the program's name, with or without a folder. `arguments`: those after it. Returns 0, 1 for
/// an error, 2 for wrong usage, 128 + signal.
int run_program(const std::string& started_as, Arguments arguments);

}  // namespace warp2vec::cli
