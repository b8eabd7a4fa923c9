#pragma once
/// Files that commands write: standard output, and none of their inputs.

#include "host/cli/flags/flags.h"

#include <string>
#include <vector>

namespace warp2vec::cli {

/// Adds a flag for a file to write, where '-' is standard output (kStandardOutput).
void add_output_flag(Flags& flags, const std::string& flag, std::string& path, const std::string& help);

/// A path and its flag.
struct NamedPath {
  std::string flag;
  std::string path;
  /// Of an output: whether it would be taken for text in a folder of texts, as vocabularies and reports are.
  bool looks_like_text = false;
};

/// Throws UsageError for a name that says compressed (.gz, .zst, .bz2, .xz), of a file that never is.
void refuse_compressed(const std::vector<NamedPath>& outputs);

/// Each of `paths` with the same flag.
std::vector<NamedPath> named(const std::string& flag, const std::vector<std::string>& paths);

/// The paths alone.
std::vector<std::string> paths_of(const std::vector<NamedPath>& files);

/// Throws UsageError, naming the flags and the path, if a file of `outputs` is listed twice, is one of
/// `inputs` or a text in a folder of them, or would be taken for one later, or if an input lies in a folder
/// of `outputs`, or if one of these is "-", which add_output_flag() has translated where it means standard
/// output. In a folder of `inputs` may be new files, and files that this program wrote may be replaced:
/// they are not read (Corpus::not_read). Compares files, not names: links are followed, and "-" in `inputs`
/// is standard input. Devices and pipes such as /dev/null may be written to any number of times. Throws Error
/// if a folder of `inputs` cannot be read.
void check_distinct(const std::vector<NamedPath>& outputs, const std::vector<NamedPath>& inputs);

}  // namespace warp2vec::cli
