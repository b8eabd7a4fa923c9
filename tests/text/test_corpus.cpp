#include <warp2vec/corpus.h>

#include "host/text/chunk_workers.h"
#include "tests/support/compressed.h"
#include "tests/support/plain_sentences.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr int kThreads[] = {1, 2, 3, 8};
const std::string kMark = "\xEF\xBB\xBF";

using CountedWords = std::vector<std::pair<std::string, std::int64_t>>;
using Sentences = std::vector<std::vector<std::string>>;

// A straightforward implementation of the rules, for comparison.
Sentences sentences_of(const std::vector<std::string>& files) {
  Sentences sentences;
  for (std::string text : files) {
    if (text.starts_with(kMark)) text.erase(0, kMark.size());
    for (std::vector<std::string>& sentence : plain_sentences(text)) sentences.push_back(std::move(sentence));
  }
  return sentences;
}

// Words with equal counts are ordered by their first occurrences.
CountedWords plain_vocabulary(const Sentences& sentences, std::int64_t min_count) {
  std::map<std::string, std::size_t> numbers;
  CountedWords all;
  for (const auto& sentence : sentences) {
    for (const std::string& word : sentence) {
      const auto [entry, is_new] = numbers.emplace(word, all.size());
      if (is_new) all.emplace_back(word, 0);
      ++all[entry->second].second;
    }
  }
  CountedWords words;
  for (const auto& entry : all)
    if (entry.second >= min_count) words.push_back(entry);
  std::stable_sort(words.begin(), words.end(), [](auto& a, auto& b) { return a.second > b.second; });
  return words;
}

Sentences without_rare(const Sentences& sentences, const CountedWords& vocabulary) {
  const std::map<std::string, std::int64_t> known(vocabulary.begin(), vocabulary.end());
  Sentences kept;
  for (const auto& sentence : sentences) {
    std::vector<std::string> words;
    for (const std::string& word : sentence)
      if (known.contains(word)) words.push_back(word);
    if (!words.empty()) kept.push_back(words);
  }
  return kept;
}

CountedWords counted_words(const Vocabulary& vocabulary) {
  CountedWords all;
  for (std::int64_t row = 0; row < vocabulary.size(); ++row) {
    const WordId id{static_cast<std::int32_t>(row)};
    all.emplace_back(vocabulary.word(id), vocabulary.count(id));
  }
  return all;
}

Sentences sentences_of(const TokenStream& stream, const Vocabulary& vocabulary) {
  Sentences sentences;
  std::int64_t at = 0;
  for (const std::int64_t end : stream.ends) {
    EXPECT_GT(end, at);
    sentences.emplace_back();
    for (; at < end; ++at)
      sentences.back().emplace_back(vocabulary.word(stream.ids[static_cast<std::size_t>(at)]));
  }
  EXPECT_EQ(at, stream.tokens());
  return sentences;
}

// Reads `inputs`, which contain `texts`, in every way and compares with the straightforward implementation.
void expect_plain_reading(const std::vector<std::string>& inputs, const std::vector<std::string>& texts,
                          std::int64_t min_count, const std::vector<std::size_t>& chunk_sizes) {
  const Sentences sentences = sentences_of(texts);
  const auto vocabulary = plain_vocabulary(sentences, min_count);
  const auto types = static_cast<std::int64_t>(plain_vocabulary(sentences, 1).size());
  std::int64_t tokens = 0;
  for (const auto& sentence : sentences) tokens += static_cast<std::int64_t>(sentence.size());
  const Corpus corpus(inputs);
  for (const std::size_t chunk_bytes : chunk_sizes) {
    for (const int threads : kThreads) {
      SCOPED_TRACE(std::to_string(chunk_bytes) + " bytes, " + std::to_string(threads) + " threads");
      const CorpusCounts counts = count_words_in_chunks(corpus, min_count, 0, threads, {}, chunk_bytes);
      ASSERT_EQ(counts.tokens, tokens);
      ASSERT_EQ(counts.types, types);
      ASSERT_GE(counts.max_sentences, std::count_if(sentences.begin(), sentences.end(),
                                                    [](const auto& sentence) { return !sentence.empty(); }));
      ASSERT_TRUE(counted_words(counts.vocabulary) == vocabulary);
      const TokenStream stream = encode_in_chunks(corpus, counts.vocabulary, threads, {}, chunk_bytes);
      ASSERT_TRUE(sentences_of(stream, counts.vocabulary) == without_rare(sentences, vocabulary));
    }
  }
}

// Words of all kinds, Zipf-like, with all white space, empty lines and no newline at the end.
std::string generated_text(unsigned seed, std::size_t tokens) {
  static const std::vector<std::string> kWords = {"the",
                                                  "of",
                                                  "a",
                                                  "\xE4\xB8\xAD\xE6\x96\x87",
                                                  "\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4",
                                                  "\xF0\x9F\x99\x82\xF0\x9F\x91\x8D",
                                                  "na\xC3\xAFve",
                                                  "no\xC2\xA0-break",
                                                  "Latin\xE9",
                                                  "\xFF\xFE",
                                                  kMark,
                                                  "</s>",
                                                  "x",
                                                  "\x01",
                                                  "word-with-a-rather-long-tail-of-letters"};
  static const std::vector<std::string> kGaps = {" ",  " ",    " ",    " ",      " ",  " ",  " ",
                                                 "\t", "  \t", "\r\n", "\n\n\n", "\n", "\v", "\f"};
  std::mt19937 random(seed);
  std::string text = "first ";  // bytes FF FE there mean UTF-16
  for (std::size_t i = 1; i < tokens; ++i) {
    const std::size_t rank = random() % (1 + random() % 60);
    text += rank < kWords.size() ? kWords[rank] : "rare" + std::to_string(rank);
    text += kGaps[random() % kGaps.size()];
  }
  return text + "last";
}

TEST(CorpusReading, EqualsThePlainReadingForAnyThreadsAndChunks) {
  const TemporaryFolder folder;
  const std::vector<std::string> texts = {kMark + generated_text(1, 300),
                                          "",
                                          " \r\n\t \n",
                                          generated_text(2, 200),
                                          "\r\n" + generated_text(3, 1),
                                          kMark,
                                          "last line without its end"};
  std::vector<std::string> inputs;
  for (std::size_t i = 0; i < texts.size(); ++i)
    inputs.push_back(folder.write("file" + std::to_string(i), texts[i]));
  expect_plain_reading(inputs, texts, 1, {1, 2, 3, 5, 17, 64, 1 << 22});
  expect_plain_reading(inputs, texts, 3, {1, 13, 64, 1 << 22});
}

TEST(CorpusReading, WordsAndLinesMayBeginAndEndAnywhere) {
  // Text is processed 64 bytes at a time, in steps of 64 * 64 bytes; both boundaries hit every byte of some
  // word.
  const TemporaryFolder folder;
  const std::string text =
      generated_text(14, 2000) + " " + std::string(200, 'x') + "\n" + std::string(64, 'y');
  ASSERT_GT(text.size(), 2U * 64 * 64);
  for (std::size_t shift = 0; shift < 66; ++shift) {
    const std::string shifted = std::string(shift, shift % 2 == 0 ? ' ' : 'z') + text;
    const std::string path = folder.write("file", shifted);
    const Corpus corpus({path});
    const CorpusCounts counts = count_words(corpus, 1, 0, 1);
    const Sentences sentences = sentences_of({shifted});
    ASSERT_TRUE(counted_words(counts.vocabulary) == plain_vocabulary(sentences, 1)) << shift;
    const TokenStream stream = encode(corpus, counts.vocabulary, 1);
    ASSERT_TRUE(sentences_of(stream, counts.vocabulary) ==
                without_rare(sentences, plain_vocabulary(sentences, 1)))
        << shift;
  }
}

TEST(CorpusReading, FoldersReadLikeTheirFilesInPathOrder) {
  const TemporaryFolder folder;
  const std::vector<std::string> texts = {generated_text(4, 100), generated_text(5, 100),
                                          generated_text(6, 9)};
  folder.write("a/1", texts[0]);
  folder.write("a/2", gzip(texts[1]));
  folder.write("b", texts[2]);
  expect_plain_reading({folder.path()}, texts, 2, {16, 1 << 22});
}

TEST(CorpusReading, CompressedFilesReadLikePlainOnes) {
  const TemporaryFolder folder;
  const std::string text = kMark + generated_text(7, 300);
  const std::string start = text.substr(0, 777);  // at an arbitrary place
  const std::string rest = text.substr(777);
  const std::vector<std::string> inputs = {
      folder.write("a", gzip(start) + gzip(rest)), folder.write("b", zstd(start) + zstd(rest)),
      folder.write("c", bzip2(start) + bzip2(rest)), folder.write("d", xz(start) + xz(rest))};
  expect_plain_reading(inputs, {text, text, text, text}, 1, {1, 7, 64, 1 << 22});
}

TEST(CorpusReading, ALongLineIsOneSentenceHoweverItIsCut) {
  const TemporaryFolder folder;
  std::string line = generated_text(8, 20'000);
  std::replace(line.begin(), line.end(), '\n', ' ');
  const Corpus corpus({folder.write("line", line)});
  const CorpusCounts counts = count_words_in_chunks(corpus, 1, 0, 3, {}, 1000);
  const TokenStream stream = encode_in_chunks(corpus, counts.vocabulary, 3, {}, 1000);
  EXPECT_EQ(counts.tokens, 20'001);
  EXPECT_THAT(stream.ends, ElementsAre(20'001));
}

TEST(CorpusReading, AWordOfAMegabyteIsKeptWhole) {
  const TemporaryFolder folder;
  const std::string text = "a " + std::string(1 << 20, 'x') + "\nb " + std::string(1 << 20, 'y');
  expect_plain_reading({folder.write("a", text), folder.write("b", zstd(text))}, {text, text}, 1, {1 << 16});
}

TEST(CorpusReading, MoreTypesThanAThreadHoldsAreCountedExactly) {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 160'000; ++i) text += "w" + std::to_string(i % 80'000) + (i % 10 == 0 ? "\n" : " ");
  const Corpus corpus({folder.write("a", text)});
  for (const int threads : {1, 3}) {
    const CorpusCounts counts = count_words_in_chunks(corpus, 2, 0, threads, {}, 1 << 16);
    EXPECT_EQ(counts.types, 80'000);
    EXPECT_EQ(counts.tokens, 160'000);
    ASSERT_EQ(counts.vocabulary.size(), 80'000);
    EXPECT_EQ(counts.vocabulary.count(WordId{0}), 2);
    EXPECT_EQ(counts.vocabulary.count(WordId{79'999}), 2);
    EXPECT_EQ(counts.vocabulary.word(WordId{1}), "w1");
  }
}

// Words that are hard to merge: beginnings of each other, equal counts, more bytes than a buffer.
std::string awkward_text(unsigned seed) {
  std::mt19937 random(seed);
  std::string text;
  for (int i = 0; i < 40'000; ++i) {
    const unsigned kind = random() % 10;
    if (kind < 5)
      text += std::to_string(random() % (kind < 2 ? 9'000 : 1'000'000));  // mostly a few times, or once
    else if (kind < 8)
      text += std::string(1 + random() % 40, static_cast<char>('a' + random() % 3));
    else
      text += "rather-long-beginning-of-a-word-" + std::to_string(random() % 3000);
    text += random() % 12 == 0 ? "\n" : " ";
  }
  return text + std::string(200'000, 'x') + " \xFF\xC0 " + std::string(200'000, 'x') + "y";
}

TEST(CorpusReading, EmptyLinesAreNoSentences) {
  const TemporaryFolder folder;
  // The first line may have words in the chunk before.
  EXPECT_EQ(count_words(Corpus({folder.write("a", "\n\n\na b\n \n\nc\nd")}), 1, 0, 1).max_sentences, 4);
}

TEST(CorpusReading, CountsInLittleMemoryAreThoseInMuch) {
  const TemporaryFolder folder;
  std::vector<std::string> inputs;
  for (const unsigned seed : {1U, 2U})
    inputs.push_back(folder.write("text" + std::to_string(seed), awkward_text(seed)));
  const Corpus corpus(inputs);
  for (const auto& [min_count, max_vocab] :
       std::vector<std::pair<std::int64_t, std::int64_t>>{{1, 0}, {2, 5000}, {1, 7}}) {
    const CorpusCounts plain = count_words_in_chunks(corpus, min_count, max_vocab, 1, {}, 1 << 16);
    EXPECT_EQ(plain.spilled_bytes, 0);
    save_vocabulary(plain.vocabulary, folder.path("plain"));
    // The least memory makes more runs than are merged at a time.
    for (const std::int64_t bytes : {20'000, 8'000'000}) {
      const int threads = min_count == 1 ? 1 : 3;
      SCOPED_TRACE(std::to_string(min_count) + " " + std::to_string(max_vocab) + " " + std::to_string(bytes));
      const CorpusCounts counts = count_words_in_chunks(corpus, min_count, max_vocab, threads, {}, 1 << 16,
                                                        {bytes, 0, folder.path()});
      EXPECT_GT(counts.spilled_bytes, 0);
      EXPECT_EQ(counts.tokens, plain.tokens);
      EXPECT_EQ(counts.types, plain.types);
      EXPECT_EQ(counts.max_sentences, plain.max_sentences);
      EXPECT_EQ(counts.invalid_utf8, plain.invalid_utf8);
      save_vocabulary(counts.vocabulary, folder.path("merged"));
      ASSERT_TRUE(folder.read("merged") == folder.read("plain"));
    }
  }
  EXPECT_THAT(folder.names(), ElementsAre("merged", "plain", "text1", "text2"));
}

TEST(CorpusReading, MuchMemoryIsNotExceeded) {
  const TemporaryFolder folder;
  const Corpus corpus({folder.write("text", awkward_text(1))});
  EXPECT_EQ(count_words(corpus, 1, 0, 2, {}, {1'000'000'000, 0, folder.path("missing")}).spilled_bytes, 0);
}

TEST(CorpusReading, AVocabularyThatDoesNotFitIsAnError) {
  const TemporaryFolder folder;
  const Corpus corpus({folder.write("text", awkward_text(1))});
  const auto count = [&](std::int64_t min_count, std::int64_t max_vocab, std::int64_t vocabulary_bytes) {
    return thrown_message([&] {
      count_words(corpus, min_count, max_vocab, 2, {}, {0, vocabulary_bytes, folder.path()});
    });
  };
  EXPECT_THAT(count(1, 0, 2'000'000), HasSubstr("this vocabulary takes more memory than the 2000000 bytes"));
  EXPECT_EQ(count(1, 0, 10'000'000), "");
  EXPECT_EQ(count(4, 0, 2'000'000), "");
  EXPECT_EQ(count(1, 100, 2'000'000), "");
}

TEST(CorpusReading, AScratchFolderThatCannotBeWrittenIsNamed) {
  const TemporaryFolder folder;
  const Corpus corpus({folder.write("text", awkward_text(1))});
  for (const int threads : {1, 3})
    EXPECT_EQ(thrown_message([&] {
                count_words(corpus, 1, 0, threads, {}, {20'000, 0, folder.path("missing")});
              }),
              "cannot write the counts of words to a temporary file in " + folder.path("missing") +
                  ": No such file or directory (--scratch-folder or TMPDIR names another folder)");
}

TEST(CorpusReading, TheDefaultChunksGiveTheSame) {
  const TemporaryFolder folder;
  std::string text;
  while (text.size() < 4'500'000) text += generated_text(static_cast<unsigned>(text.size()), 100'000) + "\n";
  const Corpus corpus({folder.write("a", text)});  // several chunks
  const CorpusCounts expected = count_words_in_chunks(corpus, 5, 0, 1, {}, text.size());
  const TokenStream expected_stream = encode_in_chunks(corpus, expected.vocabulary, 1, {}, text.size());
  for (const int threads : {1, 2}) {
    const CorpusCounts counts = count_words(corpus, 5, 0, threads);
    EXPECT_EQ(counted_words(counts.vocabulary), counted_words(expected.vocabulary));
    const TokenStream stream = encode(corpus, counts.vocabulary, threads);
    EXPECT_TRUE(stream.ids == expected_stream.ids);
    EXPECT_TRUE(stream.ends == expected_stream.ends);
  }
}

TEST(CorpusReading, InvalidUtf8IsKeptByteForByteAndItsTokensAreCounted) {
  const TemporaryFolder folder;
  const Corpus corpus({folder.write("a", "caf\xE9 caf\xC3\xA9 caf\xE9\n\xED\xA0\x80 ok caf\xE9")});
  const CorpusCounts counts = count_words(corpus, 1, 0, 2);
  EXPECT_EQ(counts.invalid_utf8, 4);
  EXPECT_EQ(counts.vocabulary.word(WordId{0}), "caf\xE9");
  EXPECT_EQ(counts.vocabulary.count(WordId{0}), 3);
  EXPECT_TRUE(counts.vocabulary.find("\xED\xA0\x80").has_value());
  // Also those that are too rare to be kept.
  EXPECT_EQ(count_words(corpus, 3, 0, 2).invalid_utf8, 4);
}

TEST(CorpusReading, MinCountAndMaxVocabLimitTheVocabularyNotTheCounts) {
  const TemporaryFolder folder;
  const Corpus corpus({folder.write("a", "c b a c b c d")});
  const CorpusCounts counts = count_words(corpus, 1, 2, 1);
  EXPECT_EQ(counted_words(counts.vocabulary), (CountedWords{{"c", 3}, {"b", 2}}));
  EXPECT_EQ(counts.types, 4);
  EXPECT_EQ(counts.tokens, 7);
  const TokenStream stream = encode(corpus, counts.vocabulary, 1);
  EXPECT_THAT(stream.ids, ElementsAre(WordId{0}, WordId{1}, WordId{0}, WordId{1}, WordId{0}));
}

TEST(CorpusReading, ANulByteIsNamedWithItsOffsetAndTheFirstOneWins) {
  const TemporaryFolder folder;
  std::string text = kMark + generated_text(9, 2000);
  const auto place = [&](std::size_t offset) { text[offset] = '\0'; };
  place(9000);
  place(5003);
  place(5050);
  const std::string plain = folder.write("a", text);
  const std::string packed = folder.write("b", gzip(text));
  const Vocabulary vocabulary({{"the", 1}}, 1, 0);
  for (const int threads : kThreads) {
    for (const std::size_t chunk_bytes : {1, 64, 1 << 22}) {
      const auto count = [&](const std::string& path) {
        return thrown_message([&] { count_words_in_chunks(Corpus({path}), 1, 0, threads, {}, chunk_bytes); });
      };
      const auto encode_it = [&](const std::string& path) {
        return thrown_message(
            [&] { encode_in_chunks(Corpus({path}), vocabulary, threads, {}, chunk_bytes); });
      };
      EXPECT_THAT(count(plain), HasSubstr(plain + ": NUL byte at offset 5003: "));
      EXPECT_THAT(encode_it(plain), HasSubstr(plain + ": NUL byte at offset 5003: "));
      EXPECT_THAT(count(packed), HasSubstr(packed + ": NUL byte at offset 5003 of the uncompressed text: "));
    }
  }
}

TEST(CorpusReading, ANulByteBeyondTheFirstChunkOfTheDefaultSize) {
  const TemporaryFolder folder;
  std::string text;
  while (text.size() < 4'500'000) text += "some more words\n";
  text[4'444'444] = '\0';
  const Corpus corpus({folder.write("a", text)});
  EXPECT_THAT(thrown_message([&] { count_words(corpus, 1, 0, 3); }), HasSubstr("offset 4444444:"));
}

TEST(CorpusReading, DamagedFilesEndBothPassesForAnyThreads) {
  const TemporaryFolder folder;
  const std::string good = folder.write("a", generated_text(10, 2000));
  const std::string whole = gzip(generated_text(11, 2000));
  const std::string cut = folder.write("b", whole.substr(0, whole.size() / 2));
  const Corpus corpus({good, cut, good});
  for (const int threads : kThreads) {
    EXPECT_THAT(thrown_message([&] { count_words_in_chunks(corpus, 1, 0, threads, {}, 500); }),
                HasSubstr(cut));
    EXPECT_THAT(thrown_message([&] {
                  encode_in_chunks(corpus, Vocabulary({{"the", 1}}, 1, 0), threads, {}, 500);
                }),
                HasSubstr(cut));
  }
}

TEST(CorpusReading, TextWithoutEnoughWordsIsAnErrorThatSaysWhatToDo) {
  const TemporaryFolder folder;
  const auto complaint = [&](const std::string& text) {
    return thrown_message([&] { count_words(Corpus({folder.write("a", text)}), 5, 0, 2); });
  };
  EXPECT_EQ(complaint(""), "the input holds no words: 1 file(s), 0 bytes");
  EXPECT_EQ(complaint(" \n\t\r\n"), "the input holds no words: 1 file(s), 5 bytes");
  EXPECT_EQ(
      complaint("a b b c c c"),
      "no word appears --min-count 5 times: the input holds 3 distinct word(s), the most frequent one 3 "
      "time(s); a lower --min-count keeps more words");
  EXPECT_EQ(thrown_message([&] {
              encode(Corpus({folder.write("a", "one two\nthree")}), Vocabulary({{"word", 1}}, 1, 0), 2);
            }),
            "none of the input's 3 word(s) is in the vocabulary (1 word(s))");
}

TEST(CorpusReading, AVocabularyThatLiesAboutCountsCostsNoMemory) {
  const TemporaryFolder folder;
  const Corpus corpus({folder.write("a", "word other word")});
  const TokenStream stream =
      encode(corpus, read_vocabulary(folder.write("vocabulary", "word 4611686018427387904\n"), 1, 0), 1);
  EXPECT_THAT(stream.ids, ElementsAre(WordId{0}, WordId{0}));
  EXPECT_LE(stream.ids.capacity(), 8U);
}

TEST(CorpusReading, ProgressRisesToAllBytesAndTokens) {
  const TemporaryFolder folder;
  const std::string text = generated_text(12, 1000);
  const Corpus corpus({folder.write("a", text), folder.write("b", bzip2(text)), folder.write("c", "")});
  for (const int threads : kThreads) {
    std::vector<std::pair<std::int64_t, std::int64_t>> told;  // unguarded: one thread at a time
    const ReadProgress progress = [&](std::int64_t bytes, std::int64_t tokens) {
      told.emplace_back(bytes, tokens);
    };
    const CorpusCounts counts = count_words_in_chunks(corpus, 1, 0, threads, progress, 100);
    EXPECT_TRUE(std::is_sorted(told.begin(), told.end()));
    ASSERT_GT(told.size(), 100U);
    EXPECT_EQ(told.back(), std::pair(corpus.bytes(), counts.tokens));
    told.clear();
    encode_in_chunks(corpus, counts.vocabulary, threads, progress, 100);
    EXPECT_TRUE(std::is_sorted(told.begin(), told.end()));
    EXPECT_EQ(told.back(), std::pair(corpus.bytes(), counts.tokens));
  }
}

TEST(CorpusReading, WhatProgressThrowsReachesTheCaller) {
  const TemporaryFolder folder;
  const Corpus corpus({folder.write("a", generated_text(13, 1000))});
  const ReadProgress stop = [](std::int64_t bytes, std::int64_t) {
    if (bytes > 1000) throw std::runtime_error("stopped");
  };
  for (const int threads : kThreads)
    EXPECT_THROW(count_words_in_chunks(corpus, 1, 0, threads, stop, 100), std::runtime_error);
}

// Of whatever type; the threads end, and the call with them.
TEST(Reading, ExceptionsOfCallbacksPass) {
  class Refusing final : public TokenSink {
   public:
    void add(const TokenRun& /*run*/) override { throw 5; }
    void end_file(const EncodedFile& /*file*/) override {}
  };
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 200; ++i) text += "a b c\n";
  const Corpus corpus({folder.write("a", text)});
  const Vocabulary vocabulary({{"a", 1}, {"b", 1}}, 1, 0);
  for (const int threads : kThreads) {
    for (const int failing : {1, 2, 4}) {
      int calls = 0;
      const ReadProgress progress = [&](std::int64_t, std::int64_t) {
        if (++calls == failing) throw failing;
      };
      try {
        count_words_in_chunks(corpus, 1, 0, threads, progress, 100);
        ADD_FAILURE();
      } catch (const int thrown) {
        EXPECT_EQ(thrown, failing);
      }
      calls = 0;
      try {
        encode_in_chunks(corpus, vocabulary, threads, progress, 100);
        ADD_FAILURE();
      } catch (const int thrown) {
        EXPECT_EQ(thrown, failing);
      }
    }
    Refusing sink;
    EXPECT_THROW(encode(corpus, vocabulary, threads, sink), int);
  }
}

TEST(CorpusReading, UnicodeSpacesArePartOfWordsUnlessAskedFor) {
  const TemporaryFolder folder;
  std::string text;
  std::string with_blanks;
  const std::vector<std::string> spaces{"\u00A0", "\u3000", "\u2003", " ", "\u2028", "\u0085"};
  for (std::size_t i = 0; i < 60; ++i) {
    const std::string word = "w" + std::to_string(i % 7);
    text += word + spaces[i % spaces.size()] + (i % 10 == 9 ? "\n" : "");
    with_blanks += word + " " + (i % 10 == 9 ? "\n" : "");
  }
  const std::string path = folder.write("a", text);
  const Corpus split({path}, {}, "", {}, true);
  const Corpus plain({folder.write("b", with_blanks)});
  const CorpusCounts expected = count_words(plain, 1, 0, 1);
  for (std::size_t chunk_bytes = 1; chunk_bytes < 40; ++chunk_bytes) {
    const CorpusCounts counts = count_words_in_chunks(split, 1, 0, 2, {}, chunk_bytes);
    ASSERT_EQ(counted_words(counts.vocabulary), counted_words(expected.vocabulary)) << chunk_bytes;
    ASSERT_EQ(counts.tokens, 60);
    ASSERT_EQ(counts.unicode_spaces, 0);
    const TokenStream stream = encode_in_chunks(split, expected.vocabulary, 2, {}, chunk_bytes);
    ASSERT_TRUE(stream.ids == encode(plain, expected.vocabulary, 1).ids);
    ASSERT_TRUE(stream.ends == encode(plain, expected.vocabulary, 1).ends);
  }
  const CorpusCounts joined = count_words(Corpus({path}), 1, 0, 1);
  // 10 spaces and 6 newlines, two of them together.
  EXPECT_EQ(joined.tokens, 14);
  EXPECT_EQ(joined.unicode_spaces, 14);
}

}  // namespace
}  // namespace warp2vec
