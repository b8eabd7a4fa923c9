#pragma once
/// Whether two texts were counted and encoded alike.

#include <warp2vec/corpus.h>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec {

inline std::vector<std::string> words_of(const Vocabulary& vocabulary) {
  std::vector<std::string> words;
  for (std::int64_t row = 0; row < vocabulary.size(); ++row) {
    const auto id = static_cast<WordId>(row);
    words.push_back(std::string(vocabulary.word(id)) + " " + std::to_string(vocabulary.count(id)));
  }
  return words;
}

inline void expect_same(const CorpusCounts& found, const CorpusCounts& expected) {
  EXPECT_EQ(words_of(found.vocabulary), words_of(expected.vocabulary));
  EXPECT_EQ(found.tokens, expected.tokens);
  EXPECT_EQ(found.types, expected.types);
  EXPECT_EQ(found.invalid_utf8, expected.invalid_utf8);
  EXPECT_EQ(found.unicode_spaces, expected.unicode_spaces);
  EXPECT_EQ(found.num_ids, expected.num_ids);
}

inline void expect_same(const TokenStream& found, const TokenStream& expected) {
  EXPECT_TRUE(found.ids == expected.ids);
  EXPECT_TRUE(found.ends == expected.ends);
  ASSERT_EQ(found.encoded_files.size(), expected.encoded_files.size());
  for (std::size_t i = 0; i < found.encoded_files.size(); ++i) {
    EXPECT_EQ(found.encoded_files[i].name, expected.encoded_files[i].name);
    EXPECT_EQ(found.encoded_files[i].end, expected.encoded_files[i].end);
    EXPECT_EQ(found.encoded_files[i].tokens, expected.encoded_files[i].tokens);
  }
}

}  // namespace warp2vec
