// Damaged model files are rejected; under the sanitizers this finds reads past the end of the file and sizes
// that overflow.

#include <warp2vec/error.h>
#include <warp2vec/model.h>

#include "tests/support/model_samples.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <string>

namespace warp2vec {
namespace {

class ModelFuzz : public testing::TestWithParam<std::string> {
 protected:
  // True if it loads, in which case the model must satisfy load_model's contract.
  bool loads(const std::string& bytes) {
    folder_.write("model", bytes);
    try {
      const TrainedModel model = load_model(path_);
      const std::int64_t words = model.vocabulary.size();
      EXPECT_GE(words, 2);
      EXPECT_EQ(model.embeddings.input.rows(), words);
      EXPECT_EQ(model.embeddings.input.cols(), model.config.dim);
      for (std::int32_t w = 0; w < words; ++w) {
        EXPECT_EQ(model.vocabulary.find(model.vocabulary.word(WordId{w})), WordId{w});
        if (!has_probabilities(model.config.loss)) continue;
        EXPECT_LE(log_probability(model, WordId{w}, WordId{0}), 1e-9);
      }
      return true;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(path_), std::string::npos) << error.what();
      return false;
    }
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.path("model");
  std::string whole_ = model_bytes(sample_model(GetParam(), 4, 2));
};

TEST_P(ModelFuzz, EveryChangedByteIsRefused) {
  ASSERT_TRUE(loads(whole_));
  for (std::size_t at = 0; at < whole_.size(); ++at) {
    for (const int flipped : {0x01, 0x80, 0x20, 0xFF}) {
      std::string bytes = whole_;
      bytes[at] = static_cast<char>(bytes[at] ^ flipped);
      ASSERT_FALSE(loads(bytes)) << "byte " << at << " ^ " << flipped;
    }
  }
}

TEST_P(ModelFuzz, EveryOtherLengthIsRefused) {
  for (std::size_t size = 0; size < whole_.size(); ++size)
    ASSERT_FALSE(loads(whole_.substr(0, size))) << size;
  for (const std::size_t more : {1, 3, 64, 4096})
    EXPECT_FALSE(loads(whole_ + std::string(more, '\0'))) << more;
  for (std::size_t at = 0; at < whole_.size(); ++at) {
    std::string bytes = whole_;
    ASSERT_FALSE(loads(bytes.erase(at, 1))) << at;
    bytes = whole_;
    ASSERT_FALSE(loads(bytes.insert(at, 1, '\0'))) << at;
  }
}

// Damage with valid checksums exercises the other checks.
TEST_P(ModelFuzz, DamageWithFittingChecksumsLoadsOrIsRefused) {
  std::mt19937_64 random(1);
  const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  int loaded = 0;
  constexpr int kRounds = 4000;
  for (int round = 0; round < kRounds; ++round) {
    std::string bytes = whole_;
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
      const std::size_t at = below(bytes.size());
      switch (below(4)) {
        case 0:
          bytes[at] = static_cast<char>(random());
          break;
        case 1:
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
          break;
        case 2:  // a number of the header or the settings
          put_number(bytes, 8 * below(44), std::uint64_t{1} << below(64));
          break;
        default:
          if (below(8) == 0) bytes.resize(at);
      }
      if (bytes.size() < 400) break;
    }
    if (below(2) == 0 && bytes.size() >= 24) put_number(bytes, 16, std::uint64_t{bytes.size()});
    loaded += loads(sealed(bytes)) ? 1 : 0;
  }
  EXPECT_GT(loaded, kRounds / 100);
  EXPECT_LT(loaded, kRounds);
}

INSTANTIATE_TEST_SUITE_P(Losses, ModelFuzz, testing::Values("ns", "ns+hs", "softmax"),
                         [](const auto& instance) {
                           return instance.param == "ns+hs" ? std::string("ns_hs") : instance.param;
                         });

}  // namespace
}  // namespace warp2vec
