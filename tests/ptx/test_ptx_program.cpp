// The whole program with kernels run from their PTX: `warp2vec train --device cuda` without a GPU.
#include "tests/support/subprocess.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <random>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

/// Sentences of ten words, each about one of eight topics.
std::string text_of_topics(int sentences) {
  std::minstd_rand random(3);
  std::string text;
  for (int s = 0; s < sentences; ++s) {
    const std::string topic = "t" + std::to_string(random() % 8) + "_";
    for (int i = 0; i < 10; ++i) text += topic + std::to_string(random() % 20) + (i < 9 ? " " : "\n");
  }
  return text;
}

TEST(PtxProgram, TrainsAsTheCpuDoes) {
  TemporaryFolder folder;
  folder.write("text", text_of_topics(1000));
  for (const char* loss : {"ns", "hs"}) {
    std::vector<double> losses;
    for (const char* device : {"cuda", "cpu"}) {
      const std::string metrics = folder.path(std::string("metrics-") + loss + device);
      const Finished done = Subprocess({WARP2VEC_PTX_PROGRAM, "train", "--input", folder.path("text"),
                                        "--output", folder.path(std::string("vectors-") + loss + device),
                                        "--device", device, "--loss", loss, "--sharing", "tile", "--dim",
                                        "40", "--epochs", "2", "--quiet", "--metrics", metrics},
                                       folder.path())
                                .wait();
      ASSERT_EQ(done.status, 0) << done.err;
      const std::string lines = read_whole_file(metrics);
      const std::size_t last = lines.rfind('\n', lines.size() - 2);
      losses.push_back(nlohmann::json::parse(lines.substr(last + 1)).at("epoch_loss").back().get<double>());
    }
    EXPECT_NEAR(losses[0], losses[1], 0.03 * losses[1]) << loss;
  }
}

}  // namespace
}  // namespace warp2vec
