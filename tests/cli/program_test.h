#pragma once
/// Tests of the program as a black box: arguments in; files, messages and exit codes out.

#include "tests/support/subprocess.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace warp2vec::cli {

using Arguments = std::vector<std::string>;

/// `arguments`, then `more`.
inline Arguments operator+(Arguments arguments, const Arguments& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// A fresh folder, and the program to run in it.
class ProgramTest : public testing::Test {
 protected:
  // Bytes and messages are compared, which must not depend on this machine's GPU.
  ProgramTest() { ::setenv("CUDA_VISIBLE_DEVICES", "", 1); }  // NOLINT(concurrency-mt-unsafe): one thread

  std::string path(const std::string& name = "") const { return folder_.path(name); }
  bool exists(const std::string& name) const { return std::filesystem::exists(path(name)); }

  // `limit`: a command of the shell.
  static Arguments under(const std::string& limit, const Arguments& arguments) {
    return Arguments{"/bin/sh", "-c", limit + "; exec \"$0\" \"$@\""} + command(arguments);
  }
  static Arguments command(const Arguments& arguments) { return Arguments{WARP2VEC_PROGRAM} + arguments; }
  Finished run(const Arguments& arguments, const std::string& input = "/dev/null") const {
    return Subprocess(command(arguments), path(), input).wait();
  }

  TemporaryFolder folder_;
};

}  // namespace warp2vec::cli
