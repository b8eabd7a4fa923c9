#pragma once
/// Every reader of files, as a target for a fuzzer.

#include <string>
#include <string_view>
#include <vector>

namespace warp2vec::fuzz {

struct Target {
  const char* name;
  /// Small files that the reader accepts, most of them made by this project's writers.
  std::vector<std::string> (*seeds)();
  /// Reads a file with these bytes. Returns whether it was accepted; aborts if what was read breaks the
  /// reader's contract. Anything but an Error that it throws is a finding.
  bool (*read)(const std::string& bytes);
};

const std::vector<Target>& targets();
/// Throws std::out_of_range for an unknown name.
const Target& target(std::string_view name);

}  // namespace warp2vec::fuzz
