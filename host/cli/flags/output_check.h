#pragma once
/// No command writes over what it reads.

#include <string>
#include <vector>

namespace warp2vec::cli {

/// What a flag names.
struct NamedPath {
  std::string flag;
  std::string path;
};

/// Throws UsageError, naming the flags and the path, if a file of `outputs` is there twice, is one of
/// `inputs`, is or would be one of the texts in a folder of `inputs`, or if an input lies in a folder of
/// `outputs`. Files are compared, not names: links are followed, and "-" of `inputs` is standard input.
/// Devices and pipes such as /dev/null may be written to however often. Opens nothing. Throws Error if a
/// folder of `inputs` cannot be read.
void check_distinct(const std::vector<NamedPath>& outputs, const std::vector<NamedPath>& inputs);

}  // namespace warp2vec::cli
