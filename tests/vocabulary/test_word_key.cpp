#include "host/vocabulary/word_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

TEST(WordKey, WhatStandsBehindAWordDoesNotMatter) {
  std::mt19937 random(1);
  for (std::size_t size = 0; size < 40; ++size) {
    std::string text(size + 40, ' ');
    for (char& c : text) c = static_cast<char>(random());
    const std::string_view word(text.data(), size);
    // Exactly sized, so that AddressSanitizer detects a read past the end.
    const std::vector<char> copy(word.begin(), word.end());
    const WordKey key = key_of(std::string_view(copy.data(), size));
    for (std::size_t behind = 0; behind <= 40; ++behind)
      EXPECT_EQ(key_of(word, word.data() + size + behind), key) << size << " bytes, " << behind << " behind";
    EXPECT_EQ(key.size(), size);
    EXPECT_EQ(key.is_long(), size > WordKey::kMaxInline);
    EXPECT_NE(key.high, 0U);
  }
}

TEST(WordKey, EveryByteAndTheLengthMatter) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string word(size, 'a');
    EXPECT_NE(key_of(word), key_of(word + 'a'));
    EXPECT_NE(key_of(word), key_of(word + '\0'));
    for (std::size_t i = 0; i < size; ++i) {
      for (const char other : {'b', '\0', '\xE1'}) {
        std::string changed = word;
        changed[i] = other;
        EXPECT_NE(key_of(changed), key_of(word)) << size << " bytes, byte " << i;
        EXPECT_NE(hash_of(key_of(changed)), hash_of(key_of(word)));
      }
    }
  }
}

// Words that differ slightly, at various places, 2^14 of each kind.
std::vector<std::string> family(int kind) {
  std::vector<std::string> words;
  for (int i = 0; i < 1 << 14; ++i) {
    const std::string digits = std::to_string(i);
    const std::string padded = std::string(5 - digits.size(), '0') + digits;
    const char pair[] = {static_cast<char>(0x80 + i % 128), static_cast<char>(0x80 + i / 128)};
    switch (kind) {
      case 0:
        words.push_back(digits);
        break;
      case 1:
        words.push_back("word" + padded);
        break;
      case 2:
        words.push_back("http://x/" + padded);
        break;
      case 3:
        words.push_back(padded + "-and-more-behind-it");
        break;
      case 4:
        words.push_back("a-long-word-ends-so-" + padded);
        break;
      case 5:
        words.push_back(std::string(pair, 2));
        break;
      case 6:
        words.push_back("\xE4" + std::string(pair, 2));
        break;
      default:
        words.push_back(std::string(13, '\xE4') + std::string(pair, 2));
        break;
    }
  }
  return words;
}

TEST(WordKey, HashesOfSimilarWordsSpreadAtLeastLikeRandomNumbers) {
  constexpr std::size_t kBins = 1 << 14;
  for (int kind = 0; kind < 8; ++kind) {
    for (const int shift : {0, 40}) {  // the bits that choose a slot, and a shard
      std::vector<int> bins(kBins);
      for (const std::string& word : family(kind)) ++bins[hash_of(key_of(word)) >> shift & (kBins - 1)];
      // Random numbers leave 1/e of the bins empty, give or take 0.3%, and the fullest has about 7.
      const auto empty = static_cast<double>(std::count(bins.begin(), bins.end(), 0)) / kBins;
      EXPECT_LT(empty, 0.38) << "kind " << kind << ", shift " << shift;
      EXPECT_LE(*std::max_element(bins.begin(), bins.end()), 11) << "kind " << kind << ", shift " << shift;
    }
  }
}

}  // namespace
}  // namespace warp2vec
