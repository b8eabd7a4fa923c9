#include "host/vocabulary/word_table.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

std::map<std::string, std::int64_t> content(const WordTable& table) {
  std::map<std::string, std::int64_t> all;
  table.for_each([&](std::string_view word, const WordKey& key, std::int64_t value, std::uint64_t) {
    EXPECT_EQ(key, key_of(word));
    EXPECT_TRUE(all.emplace(word, value).second) << word;
  });
  return all;
}

TEST(WordTable, CountsLikeAMapThroughManyGrowths) {
  WordTable table;
  for (int round = 0; round < 2; ++round) {
    std::map<std::string, std::int64_t> expected;
    for (int i = 0; i < 100'000; ++i) {
      const int number = i * 7 % 30'011;
      const std::string word = (number % 10 == 0 ? "a-word-of-many-letters-" : "w") + std::to_string(number);
      table.value_of(word) += i;
      expected[word] += i;
    }
    EXPECT_EQ(table.size(), static_cast<std::int64_t>(expected.size()));
    EXPECT_TRUE(content(table) == expected);
    std::size_t long_bytes = 0;
    for (const auto& [word, value] : expected) {
      const std::int64_t* const found = table.find(word, key_of(word));
      ASSERT_NE(found, nullptr);
      EXPECT_EQ(*found, value);
      long_bytes += word.size() > WordKey::kMaxInline ? word.size() : 0;
    }
    EXPECT_EQ(table.long_bytes(), long_bytes);
    table.clear();
    EXPECT_EQ(table.size(), 0);
    EXPECT_EQ(table.long_bytes(), 0U);
    EXPECT_EQ(table.find("w1", key_of("w1")), nullptr);
    EXPECT_TRUE(content(table).empty());
  }
}

TEST(WordTable, HoldsTheEmptyWordAndWordsWithNulBytes) {
  WordTable table;
  EXPECT_EQ(table.find("", key_of("")), nullptr);
  const std::vector<std::string> words = {
      "", std::string(1, '\0'), std::string(15, '\0'), std::string(16, '\0'), std::string("a\0", 2), "a"};
  for (std::size_t i = 0; i < words.size(); ++i) table.value_of(words[i]) = static_cast<std::int64_t>(i);
  EXPECT_EQ(table.size(), 6);
  for (std::size_t i = 0; i < words.size(); ++i)
    EXPECT_EQ(*table.find(words[i], key_of(words[i])), static_cast<std::int64_t>(i));
}

TEST(WordTable, RoomForWordsChangesNothingElse) {
  for (const std::int64_t room : {0, 1, 2, 5, 6, 1000}) {
    WordTable table(room);
    EXPECT_EQ(table.size(), 0);
    EXPECT_EQ(table.find("w", key_of("w")), nullptr);
    for (int i = 0; i < 3000; ++i) table.value_of("w" + std::to_string(i)) = i;
    for (int i = 0; i < 3000; ++i) {
      const std::string word = "w" + std::to_string(i);
      ASSERT_EQ(*table.find(word, key_of(word)), i);
    }
    EXPECT_EQ(table.size(), 3000);
  }
}

void expect_told_apart(const std::vector<std::string>& words) {
  WordTable table;
  for (const std::string& word : words) ++table.value_of(word);
  EXPECT_EQ(table.size(), static_cast<std::int64_t>(words.size()));
  for (const std::string& word : words) EXPECT_EQ(++table.value_of(word), 2);
  EXPECT_EQ(table.size(), static_cast<std::int64_t>(words.size()));
}

std::string bytes_of(std::uint64_t number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

TEST(WordTable, ShortWordsWithEqualHashesAreToldApart) {
  // Words of 15 bytes: the first 8 random, the others such that the hashes are equal.
  std::mt19937_64 random(1);
  constexpr int kAboveBytes = 56;
  const std::uint64_t above = key_of(std::string(15, 'x')).high >> kAboveBytes;
  std::vector<std::string> words;
  while (words.size() < 3000) {
    const std::uint64_t low = random();
    const std::uint64_t high = mix(low, kMixLow) ^ 12345;
    if (high >> kAboveBytes == above) words.push_back(bytes_of(low) + bytes_of(high).substr(0, 7));
  }
  EXPECT_EQ(hash_of(key_of(words[0])), hash_of(key_of(words[2999])));
  expect_told_apart(words);
}

TEST(WordTable, LongWordsWithEqualKeysAreToldApart) {
  // Words of 24 bytes: the last 8 such that the keys are equal.
  std::vector<std::string> words;
  for (int i = 0; i < 300; ++i) {
    words.push_back(std::to_string(1'000'000 + i) + "-is-first");
    words.back() += bytes_of(key_of(words.back() + bytes_of(0)).low);
  }
  EXPECT_EQ(words[0].size(), 24U);
  EXPECT_EQ(key_of(words[0]), key_of(words[299]));
  expect_told_apart(words);
}

TEST(WordTable, KeepsTheFirstPlaceOfEachWordThroughGrowths) {
  WordTable table;
  const auto word_of = [](int i) {
    return (i % 2 == 0 ? "w" : "a-word-of-many-letters-") + std::to_string(i);
  };
  for (int i = 0; i < 5000; ++i) {
    const std::string word = word_of(i);
    ++table.value_of(word, key_of(word), [i] { return static_cast<std::uint64_t>(i) + 10; });
    ++table.value_of(word, key_of(word), [] { return 3U; });  // not new
    if (i % 3 == 0) table.add(word, key_of(word), 5, i % 2 == 0 ? 7 : 1U << 30);
  }
  std::map<std::string, std::uint64_t> places;
  table.for_each([&](std::string_view word, const WordKey&, std::int64_t value, std::uint64_t first) {
    places.emplace(word, first);
    EXPECT_TRUE(value == 2 || value == 7);
  });
  for (int i = 0; i < 5000; ++i)
    ASSERT_EQ(places.at(word_of(i)), i % 6 == 0 ? 7 : static_cast<std::uint64_t>(i) + 10) << i;
}

TEST(WordTable, ValuesPass32Bits) {
  WordTable table;
  table.value_of("a") += std::int64_t{1} << 40;
  table.value_of("a") += std::int64_t{1} << 40;
  EXPECT_EQ(table.value_of("a"), std::int64_t{1} << 41);
}

}  // namespace
}  // namespace warp2vec
