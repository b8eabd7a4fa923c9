#pragma once
/// A program that is run to its end, and what it took.

#include <functional>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {

struct ChildEnd {
  int status = 0;      ///< its exit status, or 128 + signal if a signal ended it
  double seconds = 0;  ///< from its start to its end
};

/// Runs `command` (its first is the program's path) without input, with its output thrown away and its errors
/// in the file `errors`. `waiting` is called every few milliseconds; what it throws ends the child at once
/// and is passed on. Throws Error if the program cannot be started.
ChildEnd run_child(const std::vector<std::string>& command, const std::string& errors,
                   const std::function<void(double seconds)>& waiting);

}  // namespace warp2vec::cli::bench
