// By what a text is known again.
#include <warp2vec/checkpoint.h>
#include <warp2vec/corpus.h>

#include "tests/support/compressed.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace warp2vec {
namespace {

using testing::HasSubstr;

class Fingerprint : public testing::Test {
 protected:
  // Of these files with the vocabulary "a", "b".
  TextFingerprint of(const std::vector<std::string>& texts, int threads = 1) const {
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < texts.size(); ++i)
      paths.push_back(folder_.write("text" + std::to_string(i), texts[i]));
    return fingerprint_of(encode(Corpus(paths), Vocabulary({{"a", 9}, {"b", 8}}, 1, 0), threads), threads);
  }
  static bool same(const TextFingerprint& a, const TextFingerprint& b) {
    return thrown_message([&] { require_same_text(a, b); }).empty();
  }

  TemporaryFolder folder_;
};

TEST_F(Fingerprint, CountsEachFile) {
  const TextFingerprint text = of({"a b x\ny y\nb", "", "x\n", "a"}, 3);
  ASSERT_EQ(text.files.size(), 4U);
  EXPECT_EQ(text.files[0].name, folder_.path("text0"));
  EXPECT_EQ(text.files[0].tokens, 6);
  EXPECT_EQ(text.files[0].ids, 3);
  EXPECT_EQ(text.files[0].sentences, 2);
  EXPECT_EQ(text.files[1].tokens, 0);
  EXPECT_EQ(text.files[2].tokens, 1);
  EXPECT_EQ(text.files[2].ids, 0);
  EXPECT_EQ(text.files[2].sentences, 0);
  EXPECT_EQ(text.files[3].ids, 1);
  EXPECT_EQ(text.files[3].sentences, 1);
}

TEST_F(Fingerprint, IsThatOfTheSameWordsAndLines) {
  const TextFingerprint text = of({"a b a x\nb a\n", "b b a\n"});
  EXPECT_TRUE(same(text, of({"a b a x\nb a\n", "b b a\n"}, 4)));
  EXPECT_TRUE(same(text, of({"a  b a\ty\n\nb a", "b b a\n"})));
  for (const std::vector<std::string>& other : std::vector<std::vector<std::string>>{
           {"a b a x\nb b\n", "b b a\n"},      // another word
           {"a b a x\na b\n", "b b a\n"},      // another order
           {"a b a x b\na\n", "b b a\n"},      // another line
           {"a b a x x\nb a\n", "b b a\n"},    // a word more that is not in the vocabulary
           {"a b a x\nb a\n", "b b a\nb\n"},   // a line more
           {"a b a x\nb a\n"},                 // a file less
           {"b b a\n", "a b a x\nb a\n"},      // another order of files
           {"a b a x\nb a\nb\n", "b a\n"}}) {  // another place between files
    EXPECT_FALSE(same(text, of(other))) << other.front();
  }
}

TEST_F(Fingerprint, DoesNotDependOnCompressionOrNames) {
  const TextFingerprint text = of({"a b a x\nb a\n"});
  const std::string packed = folder_.write("packed.gz", gzip("a b a x\nb a\n"));
  EXPECT_TRUE(
      same(text, fingerprint_of(encode(Corpus({packed}), Vocabulary({{"a", 9}, {"b", 8}}, 1, 0), 1), 1)));
}

TEST_F(Fingerprint, ManySentencesAreAllLookedAt) {
  std::string lines;
  for (int i = 0; i < 10000; ++i) lines += "a b\n";
  const TextFingerprint text = of({lines});
  EXPECT_EQ(text.files[0].sentences, 10000);
  for (const std::size_t at : {1U, 20001U, 39997U}) {
    std::string other = lines;
    std::swap(other[at], other[at + 2]);  // "a b\na b\n" or so becomes another cut of the same words
    EXPECT_FALSE(same(text, of({other}))) << at;
  }
}

TEST_F(Fingerprint, AStreamWithoutFilesIsOne) {
  const TokenStream tokens{{WordId{0}, WordId{1}}, {2}};
  const TextFingerprint text = fingerprint_of(tokens, 1);
  ASSERT_EQ(text.files.size(), 1U);
  EXPECT_EQ(text.files[0].tokens, 2);
  EXPECT_THAT(thrown_message([&] { require_same_text(text, of({"a a\n"})); }),
              HasSubstr("which was the text there"));
}

TEST_F(Fingerprint, FilesEndInOrderAndWithTheLastToken) {
  const TokenStream tokens({WordId{0}, WordId{1}, WordId{0}}, {3});
  const auto complaint = [&](const std::vector<EncodedFile>& files) {
    TokenStream with_files = tokens;
    with_files.encoded_files = files;
    return thrown_message([&] { fingerprint_of(with_files, 2); });
  };
  EXPECT_EQ(complaint({{"a", 2, 2}, {"b", 3, 1}}), "");
  EXPECT_THAT(complaint({{"a", 2, 2}}), HasSubstr("the tokens of a end at 2: expected 3"));
  EXPECT_THAT(complaint({{"a", 4, 4}, {"b", 3, 1}}), HasSubstr("the tokens of a end at 4: expected 0 to 3"));
  EXPECT_THAT(complaint({{"a", 2, 2}, {"b", 1, 1}, {"c", 3, 3}}), HasSubstr("the tokens of b end at 1"));
  EXPECT_THAT(complaint({{"a", -1, 2}, {"b", 3, 1}}), HasSubstr("the tokens of a end at -1"));
  EXPECT_THAT(thrown_message([&] { fingerprint_of(TokenStream({WordId{-5}}, {1}), 1); }),
              HasSubstr("the id of token 0 is -5"));
}

}  // namespace
}  // namespace warp2vec
