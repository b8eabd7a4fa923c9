#pragma once
/// Tests of the program with a text of two topics.

#include <warp2vec/detail/random.h>

#include "tests/cli/program_test.h"

#include <cstdint>
#include <fstream>
#include <string>

namespace warp2vec::cli {

class Cli : public ProgramTest {
 protected:
  Cli() : text_(folder_.write("text.txt", sentences(500))) {}

  static void write(const std::string& path, const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
  }

  // Two topics of 20 words each; a sentence has 10 words of one topic.
  static std::string sentences(int count) {
    const Draws draws{7, 0};
    std::string text;
    std::uint64_t words = 0;
    for (int s = 0; s < count; ++s) {
      for (int w = 0; w < 10; ++w) {
        const std::uint32_t r = draws.u32(Stream::keep, words++) >> 8;
        text += (s % 2 == 0 ? "a" : "b") + std::to_string(r % 20) + (w < 9 ? " " : "\n");
      }
    }
    return text;
  }

  // A quick training run; `more` are further flags.
  Finished train(const std::string& output, const Arguments& more = {}) const {
    Arguments arguments{"train", "--input",     text_,      "--output", path(output),
                        "--dim", "16",          "--epochs", "2",        "--threads",
                        "1",     "--min-count", "1",        "--sample", "0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  std::string text_;
};

}  // namespace warp2vec::cli
