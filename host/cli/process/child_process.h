#pragma once
/// This program, started once more with other arguments.

#include <functional>
#include <string>
#include <vector>

namespace warp2vec::cli {

/// Runs this program to its end and returns the elapsed seconds. It has no input, its output is discarded,
/// and its errors are written to the file `errors`; it is killed when this process ends, for whatever reason.
/// `waiting` is called every few milliseconds; an exception from it kills the program and is rethrown. If the
/// program fails, throws Error with its last message or its exit status or signal.
double run_to_end(const std::vector<std::string>& arguments, const std::string& errors,
                  const std::function<void(double seconds)>& waiting);

}  // namespace warp2vec::cli
