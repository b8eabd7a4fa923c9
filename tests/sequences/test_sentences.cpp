#include <warp2vec/sentences.h>

#include "tests/support/plain_sentences.h"
#include "tests/support/sample_text.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cctype>
#include <list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::string>;

std::vector<std::pair<std::string, std::int64_t>> counted(const Vocabulary& vocabulary) {
  std::vector<std::pair<std::string, std::int64_t>> words;
  for (std::int64_t row = 0; row < vocabulary.size(); ++row)
    words.emplace_back(vocabulary.word(static_cast<WordId>(row)), vocabulary.count(static_cast<WordId>(row)));
  return words;
}

std::string complaint(const Sentences& sentences, std::int64_t min_count = 1) {
  return thrown_message([&] { count_words(sentences, min_count, 0); });
}

TEST(Sentences, AreCountedAndEncodedAsTheSameText) {
  const std::string text = sample_text(300) + "\n\nall\n\nby itself, été\n" + std::string(40, 'x') + "\n";
  const TemporaryFolder folder;
  const Corpus corpus({folder.write("text", text)});
  const std::vector<Words> sentences = plain_sentences(text);
  for (const std::int64_t min_count : {1, 2, 4})
    for (const std::int64_t max_vocab : {0, 7}) {
      const CorpusCounts expected = count_words(corpus, min_count, max_vocab, 1);
      const CorpusCounts counts = count_words(sentences, min_count, max_vocab);
      EXPECT_EQ(counted(counts.vocabulary), counted(expected.vocabulary));
      EXPECT_EQ(counts.tokens, expected.tokens);
      EXPECT_EQ(counts.types, expected.types);
      EXPECT_EQ(counts.max_sentences, 33);
      EXPECT_EQ(counts.num_ids, 0);
      const TokenStream tokens = encode(sentences, counts.vocabulary);
      const TokenStream of_text = encode(corpus, expected.vocabulary, 1);
      EXPECT_EQ(tokens.ids, of_text.ids);
      EXPECT_EQ(tokens.ends, of_text.ends);
      EXPECT_EQ(tokens.encoded_files.at(0).tokens, of_text.encoded_files.at(0).tokens);
      EXPECT_EQ(tokens.encoded_files.at(0).end, tokens.tokens());
    }
}

TEST(Sentences, AreAnyRangesOfAnyStrings) {
  const auto expect_two = [](const Sentences& sentences) {
    EXPECT_EQ(counted(count_words(sentences, 1, 0).vocabulary),
              (std::vector<std::pair<std::string, std::int64_t>>{{"b", 2}, {"a", 1}}));
  };
  const std::list<std::vector<std::string_view>> views{{"a", "b"}, {}, {"b"}};
  expect_two(views);
  const std::array<std::vector<const char*>, 2> pointers{{{"a", "b"}, {"b"}}};
  expect_two(pointers);
  expect_two(std::vector<Words>{{"a", "b"}, {"b"}});
  const std::vector<std::vector<int>> numbers{{0, 1}, {1}};
  const auto made = [](int letter) { return std::string(1, static_cast<char>('a' + letter)); };
  expect_two([&](const Sentences::Visit& visit) {
    for (const std::vector<int>& sentence : numbers)
      Sentences::visit_words(sentence | std::views::transform(made), visit);
  });
}

TEST(Sentences, AreMadeByATokenizer) {
  const auto letters_of = [](std::string_view text) {
    Words words;
    for (const char c : text)
      if (std::isalpha(static_cast<unsigned char>(c)) != 0)
        words.emplace_back(1, static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    return words;
  };
  const Words texts{"A, b!", "", "b?"};
  const Sentences sentences = tokenized(texts, letters_of);
  const Vocabulary vocabulary = count_words(sentences, 1, 0).vocabulary;
  EXPECT_EQ(vocabulary.word(WordId{0}), "b");
  EXPECT_THAT(encode(sentences, vocabulary).ids, ElementsAre(WordId{1}, WordId{0}, WordId{0}));
  EXPECT_THAT(encode(sentences, vocabulary).ends, ElementsAre(2, 3));
}

TEST(Sentences, NoWordIsOneThatFilesCannotHold) {
  for (const std::string& word : {std::string(), std::string("new york"), std::string("a\nb"),
                                  std::string("a\t"), std::string("\0", 1)})
    EXPECT_THAT(complaint(std::vector<Words>{{"a"}, {"b", "c", word}}), HasSubstr("sentence 1, word 2 is '"))
        << word;
  EXPECT_EQ(complaint(std::vector<Words>{{"a b"}}),
            "sentence 0, word 0 is 'a b': expected a word without white space and NUL bytes, of one byte or "
            "more");
}

TEST(Sentences, NothingToCountOrToEncodeIsAnError) {
  EXPECT_EQ(complaint(std::vector<Words>{{}, {}}), "the sentences, 2 of them, hold no words");
  const std::vector<Words> sentences{{"a", "b", "b"}};
  EXPECT_THAT(complaint(sentences, 3), HasSubstr("no word appears --min-count 3 times"));
  const Vocabulary other({{"x", 1}}, 1, 0);
  EXPECT_THAT(thrown_message([&] { encode(sentences, other); }),
              HasSubstr("none of the input's 3 word(s) is in the vocabulary"));
}

TEST(Sentences, LongOnesPassTheBufferWhole) {
  const std::vector<Words> sentences{Words(static_cast<std::size_t>(kTokensAtATime), "a"),
                                     {"b"},
                                     Words(static_cast<std::size_t>(kTokensAtATime) + 1, "a")};
  const TokenStream tokens = encode(sentences, count_words(sentences, 1, 0).vocabulary);
  EXPECT_THAT(tokens.ends, ElementsAre(kTokensAtATime, kTokensAtATime + 1, 2 * kTokensAtATime + 2));
  EXPECT_EQ(tokens.tokens(), 2 * kTokensAtATime + 2);
  EXPECT_EQ(tokens.ids[static_cast<std::size_t>(kTokensAtATime)], WordId{1});
}

TEST(Sentences, CountsInLittleMemoryAreTheSame) {
  std::vector<Words> sentences;
  for (int i = 0; i < 3000; ++i) sentences.push_back({"w" + std::to_string(i * i % 1999), "a"});
  CountMemory memory;
  memory.bytes = 1;
  const CorpusCounts counts = count_words(sentences, 1, 0, memory);
  EXPECT_GT(counts.spilled_bytes, 0);
  EXPECT_EQ(counted(counts.vocabulary), counted(count_words(sentences, 1, 0).vocabulary));
}

TEST(Sentences, PassOnWhatTheyThrow) {
  const Sentences fails = [](const Sentences::Visit&) { throw std::runtime_error("no more"); };
  EXPECT_THROW(count_words(fails, 1, 0), std::runtime_error);
}

}  // namespace
}  // namespace warp2vec
