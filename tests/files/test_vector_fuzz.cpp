// Damaged vector files either load or are rejected with an Error; under the sanitizers this finds reads past
// the end of the file and sizes that overflow.

#include <warp2vec/error.h>
#include <warp2vec/word_vectors.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/vector_samples.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

// One to four changes at random places: set a byte, flip a bit, remove, insert or copy bytes, truncate.
std::string damaged(std::string bytes, std::mt19937& random) {
  static const std::string kTelling = std::string("\0\n\r 019-+.e'(){},\xff\x7f\x80", 20);
  const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
  for (std::size_t changes = 1 + below(4); changes > 0 && !bytes.empty(); --changes) {
    // Half of the changes near the start, where the headers are.
    const std::size_t at =
        below(2) == 0 ? below(bytes.size()) : below(std::min<std::size_t>(bytes.size(), 80));
    switch (below(6)) {
      case 0:
        bytes[at] = kTelling[below(kTelling.size())];
        break;
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      case 2:
        bytes.erase(at, 1 + below(5));
        break;
      case 3:
        bytes.insert(at, 1 + below(5), kTelling[below(kTelling.size())]);
        break;
      case 4:
        bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(30)));
        break;
      default:
        if (below(4) == 0) bytes.resize(at);
    }
  }
  return bytes;
}

// True if it loads, in which case the vectors must satisfy load_vectors' contract.
bool loads(const std::string& path) {
  try {
    const WordVectors v = load_vectors(path);
    EXPECT_EQ(static_cast<std::int64_t>(v.words.size()), v.size());
    EXPECT_GE(v.size(), 1);
    EXPECT_GE(v.dim(), 1);
    EXPECT_EQ(std::set<std::string>(v.words.begin(), v.words.end()).size(), v.words.size());
    for (const std::string& word : v.words) EXPECT_NE(word, "");
    for (const float value : values_of(v)) EXPECT_TRUE(std::isfinite(value));
    return true;
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find(path) == std::string::npos, false) << error.what();
    return false;
  }
}

class VectorFuzz : public testing::TestWithParam<VectorFormat> {};

TEST_P(VectorFuzz, DamagedFilesLoadOrAreRefused) {
  constexpr int kRounds = 3000;
  const TemporaryFolder folder;
  const std::string path = folder.path("vectors");
  std::mt19937 random(1);
  int loaded = 0;
  for (const std::int32_t dim : {1, 3, 40}) {
    const std::vector<float> values(static_cast<std::size_t>(5 * dim), 0.25F);
    save_vectors(make_vectors({"the", "of", "3", "κόσμος", "a"}, dim, values), path, GetParam());
    const std::string whole = folder.read(path);
    for (int i = 0; i < kRounds / 3; ++i) {
      folder.write(path, damaged(whole, random));
      loaded += loads(path) ? 1 : 0;
    }
    if (GetParam() != VectorFormat::npy) continue;
    folder.write(path, whole);
    const std::string words = folder.read(path + ".vocab");
    for (int i = 0; i < kRounds / 3; ++i) {
      folder.write(path + ".vocab", damaged(words, random));
      loaded += loads(path) ? 1 : 0;
    }
  }
  EXPECT_GT(loaded, kRounds / 100);
  EXPECT_LT(loaded, kRounds);
}

INSTANTIATE_TEST_SUITE_P(Formats, VectorFuzz,
                         testing::Values(VectorFormat::binary, VectorFormat::text, VectorFormat::glove,
                                         VectorFormat::npy),
                         [](const auto& instance) { return to_string(instance.param); });

}  // namespace
}  // namespace warp2vec
