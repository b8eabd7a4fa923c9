#include "word_table.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace warp2vec {
namespace {

TEST(WordTable, CountsLikeAMapThroughManyGrowths) {
  WordTable table;
  std::map<std::string, std::int64_t> expected;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 100'000; ++i) {
      const std::string word = "w" + std::to_string(i * 7 % 30'011);
      const std::int64_t before = table.size();
      const std::int64_t number = table.add(word, hash_of(word), i);
      EXPECT_LE(number, before);
      expected[word] += i;
    }
    ASSERT_EQ(table.size(), static_cast<std::int64_t>(expected.size()));
    std::size_t bytes = 0;
    for (std::int64_t i = 0; i < table.size(); ++i) {
      const std::string word(table.word(i));
      bytes += word.size();
      EXPECT_EQ(table.count(i), expected.at(word));
      EXPECT_EQ(table.hash(i), hash_of(word));
    }
    EXPECT_EQ(table.text_bytes(), bytes);
    table.clear();
    EXPECT_EQ(table.size(), 0);
    expected.clear();
  }
}

TEST(WordTable, WordsWithEqualHashesAreToldApart) {
  WordTable table;
  for (int i = 0; i < 3000; ++i) EXPECT_EQ(table.add("w" + std::to_string(i), ~std::uint64_t{0}, 1), i);
  for (int i = 0; i < 3000; ++i) EXPECT_EQ(table.add("w" + std::to_string(i), ~std::uint64_t{0}, 1), i);
  EXPECT_EQ(table.size(), 3000);
  EXPECT_EQ(table.count(2999), 2);
}

TEST(WordTable, CountsPass32Bits) {
  WordTable table;
  table.add("a", hash_of("a"), std::int64_t{1} << 40);
  table.add("a", hash_of("a"), std::int64_t{1} << 40);
  EXPECT_EQ(table.count(0), std::int64_t{1} << 41);
}

}  // namespace
}  // namespace warp2vec
