#pragma once
/// Prevents commands from overwriting their inputs.

#include <string>
#include <vector>

namespace warp2vec::cli {

/// A path and its flag.
struct NamedPath {
  std::string flag;
  std::string path;
};

/// Each of `paths` with the same flag.
std::vector<NamedPath> named(const std::string& flag, const std::vector<std::string>& paths);

/// Throws UsageError, naming the flags and the path, if a file of `outputs` is listed twice, is one of
/// `inputs`, is or would become a text in a folder of `inputs`, or if an input lies in a folder of `outputs`.
/// Compares files, not names: links are followed, and "-" in `inputs` is standard input. Devices and pipes
/// such as /dev/null may be written to any number of times. Opens nothing. Throws Error if a folder of
/// `inputs` cannot be read.
void check_distinct(const std::vector<NamedPath>& outputs, const std::vector<NamedPath>& inputs);

}  // namespace warp2vec::cli
