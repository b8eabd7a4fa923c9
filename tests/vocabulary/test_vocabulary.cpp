#include <warp2vec/vocabulary.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using CountedWord = std::pair<std::string_view, std::int64_t>;

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

std::vector<std::pair<std::string, std::int64_t>> words(const Vocabulary& vocabulary) {
  std::vector<std::pair<std::string, std::int64_t>> all;
  for (std::int64_t row = 0; row < vocabulary.size(); ++row) {
    const WordId id{static_cast<std::int32_t>(row)};
    all.emplace_back(vocabulary.word(id), vocabulary.count(id));
  }
  return all;
}

std::string complaint(const std::string& path, std::int64_t min_count = 1) {
  return thrown_message([&] { read_vocabulary(path, min_count, 0); });
}

TEST(Vocabulary, OrderIsFallingCountThenTheGivenOne) {
  const Vocabulary vocabulary({{"b", 2}, {"\xC3\xA9", 2}, {"a", 2}, {"rare", 1}, {"ab", 2}, {"top", 9}}, 1,
                              0);
  EXPECT_THAT(words(vocabulary), ElementsAre(Pair("top", 9), Pair("b", 2), Pair("\xC3\xA9", 2), Pair("a", 2),
                                             Pair("ab", 2), Pair("rare", 1)));
  EXPECT_EQ(vocabulary.total(), 18);
  EXPECT_THAT(vocabulary.counts(), ElementsAre(9, 2, 2, 2, 2, 1));
}

TEST(Vocabulary, MinCountAndMaxVocabAreExact) {
  const std::vector<CountedWord> all = {{"a", 5}, {"b", 4}, {"c", 4}, {"d", 1}, {"e", 0}};
  EXPECT_EQ(Vocabulary(all, 4, 0).size(), 3);
  EXPECT_EQ(Vocabulary(all, 5, 0).size(), 1);
  EXPECT_EQ(Vocabulary(all, 6, 0).size(), 0);
  EXPECT_EQ(Vocabulary(all, 0, 0).size(), 4);  // never a word that does not occur
  EXPECT_THAT(words(Vocabulary(all, 1, 2)), ElementsAre(Pair("a", 5), Pair("b", 4)));
  EXPECT_EQ(Vocabulary(all, 1, 2).total(), 9);
  EXPECT_EQ(Vocabulary(all, 1, 100).size(), 4);
}

TEST(Vocabulary, FindsItsWordsAndNoOthers) {
  std::vector<std::string> texts;
  std::vector<CountedWord> all;
  texts.reserve(20'000);
  for (int i = 0; i < 20'000; ++i) texts.push_back("w" + std::to_string(i));
  for (std::size_t i = 0; i < texts.size(); ++i) all.emplace_back(texts[i], static_cast<std::int64_t>(i));
  const Vocabulary vocabulary(all, 100, 0);
  EXPECT_EQ(vocabulary.size(), 19'900);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::optional<WordId> id = vocabulary.find(texts[i]);
    ASSERT_EQ(id.has_value(), i >= 100);
    if (id) {
      ASSERT_EQ(vocabulary.word(*id), texts[i]);
    }
  }
  EXPECT_FALSE(vocabulary.find("").has_value());
  EXPECT_FALSE(vocabulary.find("w").has_value());
  EXPECT_FALSE(Vocabulary().find("w").has_value());
  EXPECT_FALSE(Vocabulary(all, kMax, 0).find("w1").has_value());
}

TEST(Vocabulary, RepeatedWordsAndCountsWhoseSumOverflowsAreRefused) {
  EXPECT_EQ(thrown_message([] {
              Vocabulary({{"a", 5}, {"b", 5}, {"a", 3}}, 1, 0);
            }),
            "the word \"a\" appears twice");
  EXPECT_NE(thrown_message([] { Vocabulary({{"a", 5}, {"b", 1}, {"b", 2}}, 4, 0); }), "");
  EXPECT_EQ(Vocabulary({{"a", kMax - 1}, {"b", 1}}, 1, 0).total(), kMax);
  EXPECT_THAT(thrown_message([] { Vocabulary({{"a", kMax}, {"b", 1}}, 1, 0); }), HasSubstr("add up to more"));
}

TEST(VocabularyFile, RoundTripIsByteForByte) {
  const TemporaryFolder folder;
  const std::string long_word(1 << 20, 'x');
  const Vocabulary made({{"\xE4\xB8\xAD\xE6\x96\x87", std::int64_t{1} << 40},
                         {"\xFF\xC2\xA0\x01", 7},
                         {"\xF0\x9F\x99\x82", 7},
                         {long_word, 6},
                         {"12", 5}},
                        1, 0);
  save_vocabulary(made, folder.path("a"));
  EXPECT_EQ(folder.read("a"),
            "\xE4\xB8\xAD\xE6\x96\x87 1099511627776\n\xFF\xC2\xA0\x01 7\n\xF0\x9F\x99\x82 7\n" + long_word +
                " 6\n12 5\n");
  const Vocabulary read = read_vocabulary(folder.path("a"), 1, 0);
  EXPECT_EQ(words(read), words(made));
  save_vocabulary(read, folder.path("b"));
  EXPECT_EQ(folder.read("b"), folder.read("a"));
}

TEST(VocabularyFile, ReadsWord2vecFilesInAnyOrderWithSpacesTabsAndBothLineEnds) {
  const TemporaryFolder folder;
  // word2vec.c writes </s> first, with whatever count.
  EXPECT_THAT(words(read_vocabulary(folder.write("a", "</s> 0\nthe 10\nof 7\n"), 1, 0)),
              ElementsAre(Pair("the", 10), Pair("of", 7)));
  EXPECT_THAT(words(read_vocabulary(folder.write("b", "\xEF\xBB\xBF</s> 8\nof\t7 \r\nthe 10\n\n \n"), 1, 0)),
              ElementsAre(Pair("the", 10), Pair("</s>", 8), Pair("of", 7)));
  EXPECT_THAT(words(read_vocabulary(folder.write("c", "a 9223372036854775807\r"), 1, 0)),
              ElementsAre(Pair("a", kMax)));
  const std::string path = folder.write("d", "a 1\nb 2\nc 3\nd 4\n");
  EXPECT_THAT(words(read_vocabulary(path, 2, 2)), ElementsAre(Pair("d", 4), Pair("c", 3)));
}

TEST(VocabularyFile, LinesOfAnotherFormAreRefusedWithFileAndLine) {
  const TemporaryFolder folder;
  for (const char* line :
       {"word", "word ", "word  5", "word 5 6", " word 5", "", "\t5", "word -1", "word -0", "word +1",
        "word 1.5", "word 1e3", "word x", "word 0x10", "word 9223372036854775808",
        "word 99999999999999999999", "two words 5", "word\v5", "word 5\r\r"}) {
    const std::string path = folder.write("a", "good 3\n" + std::string(line) + "\nlast 1\n");
    EXPECT_THAT(complaint(path), HasSubstr(path + ":2: expected ")) << line;
  }
  const std::string nul = folder.write("nul", std::string("a 1\nb 2\nwo\0rd 5\n", 16));
  EXPECT_THAT(complaint(nul), HasSubstr(nul + ":3: expected "));
}

TEST(VocabularyFile, RepeatedWordsOverflowsAndEmptyResultsAreRefused) {
  const TemporaryFolder folder;
  const std::string repeated = folder.write("a", "a 9\nb 5\na 1\n");
  EXPECT_EQ(complaint(repeated, 5), repeated + ":3: the word \"a\" appears on an earlier line");
  const std::string overflow = folder.write("b", "a 9223372036854775807\nb 1\n");
  EXPECT_THAT(complaint(overflow), HasSubstr(overflow + ": the counts of the vocabulary add up to more"));
  const std::string rare = folder.write("c", "a 3\nb 0\n");
  EXPECT_EQ(complaint(rare, 4), rare + ": none of its 2 word(s) has a count of --min-count 4 or more");
  EXPECT_NE(complaint(folder.write("d", "")), "");
  EXPECT_NE(complaint(folder.write("e", "a 0\n"), 0), "");
}

TEST(VocabularyFile, FilesThatCannotBeReadOrWrittenAreNamed) {
  const TemporaryFolder folder;
  EXPECT_EQ(complaint(folder.path("missing")),
            "cannot read " + folder.path("missing") + ": No such file or directory");
  EXPECT_EQ(complaint(folder.path()), "cannot read " + folder.path() + ": it is a folder");
  EXPECT_THAT(thrown_message([&] {
                save_vocabulary(Vocabulary({{"a", 1}}, 1, 0), "/dev/full");
              }),
              HasSubstr("/dev/full: No space left on device"));
}

TEST(VocabularyFile, WordsThatCouldNotBeReadBackAreRefused) {
  const TemporaryFolder folder;
  for (const std::string_view word : {std::string_view("two words"), std::string_view("a\nb"),
                                      std::string_view(""), std::string_view("a\0b", 3)}) {
    EXPECT_THAT(thrown_message([&] {
                  save_vocabulary(Vocabulary({{"good", 2}, {word, 1}}, 1, 0), folder.path("v"));
                }),
                HasSubstr(folder.path("v") + ": word 2 is empty or contains white space or a NUL"));
  }
  EXPECT_TRUE(folder.names().empty());
}

}  // namespace
}  // namespace warp2vec
