#pragma once
/// Tests of the program under mpirun.

#include "tests/cli/program_test.h"
#include "tests/support/sample_text.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

namespace warp2vec::cli {

/// Training by several processes. Skips the test without MPI.
class RanksTest : public ProgramTest {
 protected:
  RanksTest() { folder_.write("text.txt", sample_text(60000)); }
  void SetUp() override {
    if (std::string(WARP2VEC_MPIEXEC).empty()) GTEST_SKIP() << "warp2vec was built without MPI";
  }

  // `more` is a flag and its value, and so on, each in place of that which is already there.
  Arguments training(const Arguments& more = {}) const {
    Arguments words{
        "train",    "--input", path("text.txt"), "--output", path("v.bin"), "--dim", "16",
        "--epochs", "3",       "--threads",      "1",        "--min-count", "1",     "--deterministic"};
    for (std::size_t i = 0; i < more.size(); i += 2) {
      const auto flag = std::find(words.begin(), words.end(), more[i]);
      if (flag != words.end()) words.erase(flag, flag + 2);
      words.insert(words.end() - 1, {more[i], more[i + 1]});
    }
    return words;
  }

  // A few ranks of a few programs; Open MPI's settings for more ranks than CPUs, and for root.
  static Arguments mpirun() {
    return {"/usr/bin/env",
            "OMPI_ALLOW_RUN_AS_ROOT=1",
            "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1",
            "OMPI_MCA_rmaps_base_oversubscribe=1",
            "OMPI_MCA_hwloc_base_binding_policy=none",
            "OMPI_MCA_btl_vader_single_copy_mechanism=none",
            WARP2VEC_MPIEXEC};
  }
  static Arguments on(int ranks, const Arguments& arguments) {
    return Arguments{"-n", std::to_string(ranks)} + command(arguments);
  }
  Finished run_on(int ranks, const Arguments& arguments) const {
    return Subprocess(mpirun() + on(ranks, arguments), path()).wait();
  }
  // One rank each.
  Finished run_both(const Arguments& first, const Arguments& second) const {
    return Subprocess(mpirun() + on(1, first) + Arguments{":"} + on(1, second), path()).wait();
  }

  // The process of a rank, once it trains into this folder; 0 if there is none within a minute.
  pid_t process_of(int rank) const {
    const std::string variable = "OMPI_COMM_WORLD_RANK=" + std::to_string(rank);
    for (const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
         std::chrono::steady_clock::now() < patience;) {
      for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const std::string folder = entry.path().string();
        if (content(folder + "/environ").find(variable + '\0') != std::string::npos &&
            content(folder + "/cmdline").find(path("v.bin")) != std::string::npos)
          return std::stoi(entry.path().filename().string());
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return 0;
  }
  static std::string content(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  bool wait_for(const std::string& file) const {
    for (const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60); !exists(file);) {
      if (std::chrono::steady_clock::now() > patience) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
  }
};

/// How many times `part` is in `text`.
inline int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace warp2vec::cli
