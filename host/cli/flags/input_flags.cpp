#include "host/cli/flags/input_flags.h"

#include "host/cli/flags/usage_error.h"
#include "host/io/input_file.h"

#include <glob.h>

#include <filesystem>
#include <new>
#include <sstream>
#include <system_error>

namespace warp2vec::cli {
namespace {

// The files that match a pattern of a shell, sorted; a path that exists is none.
void append_matches(const std::string& path, std::vector<std::string>& paths) {
  std::error_code ignored;
  if (path.find_first_of("*?[") == std::string::npos || std::filesystem::exists(path, ignored)) {
    paths.push_back(path);
    return;
  }
  glob_t found{};
  const int status = ::glob(path.c_str(), GLOB_ERR, nullptr, &found);
  paths.insert(paths.end(), found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (status == GLOB_NOSPACE) throw std::bad_alloc();
  if (status != 0) throw UsageError("--input " + path + ": no file matches");
}

std::vector<std::string> read_list(const std::string& path) {
  std::istringstream lines(read_whole(path));
  std::vector<std::string> paths;
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) paths.push_back(line);
  }
  if (paths.empty()) throw Error("--input-list " + path + ": expected a path in each line, found none");
  return paths;
}

}  // namespace

void add_input_flags(Flags& flags, TrainOptions& options, const std::string& help) {
  flags.list("--input", "PATH", options.inputs, help + " Patterns such as 'news/*.txt' are expanded.");
  flags.text("--input-list", "FILE", options.input_list, "Further inputs: a file with a path in each line.");
  flags.on_off("--unicode-spaces", options.unicode_spaces,
               "White space outside ASCII separates words, too: no-break spaces, ideographic ones, ... "
               "Otherwise these are part of words, as in word2vec.c, and a line counts them.");
}

std::vector<std::string> with_patterns_expanded(const std::vector<std::string>& inputs) {
  std::vector<std::string> paths;
  for (const std::string& input : inputs) append_matches(input, paths);
  return paths;
}

void find_inputs(const Flags& flags, TrainOptions& options) {
  std::vector<std::string> paths = with_patterns_expanded(options.inputs);
  if (!options.input_list.empty()) {
    if (!flags.given("--input")) paths.clear();  // of the run that is resumed
    const std::vector<std::string> listed = read_list(options.input_list);
    paths.insert(paths.end(), listed.begin(), listed.end());
  }
  options.inputs = std::move(paths);
}

}  // namespace warp2vec::cli
