// Corpora as word ids in a file: what is written is read, and nothing else is.

#include <warp2vec/detail/kept_tokens.h>
#include <warp2vec/encoded_corpus.h>

#include "tests/support/model_samples.h"
#include "tests/support/same_kept_tokens.h"
#include "tests/support/synthetic.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class EncodedCorpora : public testing::Test {
 protected:
  // Gives the corpus in runs of 1 to `longest` tokens, with sentence ends as late as encode() may give them.
  static void give(const SyntheticCorpus& corpus, std::int64_t longest, TokenSink& writer) {
    const std::vector<std::int64_t>& ends = corpus.tokens.ends;
    TokenBuffer buffer;
    for (std::int64_t begin = 0, size = 1; begin < corpus.tokens.tokens(); size = size % longest + 1) {
      const std::int64_t end = std::min(corpus.tokens.tokens(), begin + size);
      const TokenRun run = corpus.tokens.read(begin, end, buffer);
      const bool last = end == corpus.tokens.tokens();
      const auto from = std::lower_bound(ends.begin(), ends.end(), std::max<std::int64_t>(begin, 1));
      const auto to = last ? ends.end() : std::lower_bound(from, ends.end(), end);
      writer.add({run.ids, {from, to}});
      begin = end;
    }
    writer.end_file({"text", corpus.tokens.tokens(), corpus.tokens.tokens() + 5});
  }
  void write(const SyntheticCorpus& corpus, std::int64_t longest) const {
    CorpusFileWriter writer(corpus.vocabulary, {3, 70}, path_);
    give(corpus, longest, writer);
    writer.commit();
  }
  static void expect_same_tokens(const TokenSource& found, const TokenSource& expected) {
    ASSERT_EQ(found.tokens(), expected.tokens());
    TokenBuffer buffer;
    TokenBuffer unused;
    for (const std::int64_t size : {std::int64_t{1}, std::int64_t{2}, std::int64_t{64}, found.tokens()}) {
      for (std::int64_t begin = 0; begin < found.tokens(); begin += size) {
        const std::int64_t end = std::min(found.tokens(), begin + size);
        const TokenRun run = found.read(begin, end, buffer);
        const TokenRun other = expected.read(begin, end, unused);
        ASSERT_TRUE(std::equal(run.ids.begin(), run.ids.end(), other.ids.begin(), other.ids.end()));
        ASSERT_TRUE(std::equal(run.ends.begin(), run.ends.end(), other.ends.begin(), other.ends.end()));
      }
    }
  }
  static void expect_same_text(const TextFingerprint& found, const TextFingerprint& expected) {
    ASSERT_EQ(found.files.size(), expected.files.size());
    for (std::size_t i = 0; i < found.files.size(); ++i) {
      EXPECT_EQ(found.files[i].name, expected.files[i].name);
      EXPECT_EQ(found.files[i].tokens, expected.files[i].tokens);
      EXPECT_EQ(found.files[i].ids, expected.files[i].ids);
      EXPECT_EQ(found.files[i].sentences, expected.files[i].sentences);
      EXPECT_EQ(found.files[i].crc, expected.files[i].crc);
    }
  }
  // The bytes of a small corpus of three words: "a b b a b" and "c a" in two files.
  std::string sample() const {
    folder_.write("a", "a b\nb a b\n");
    folder_.write("b", "c d a\n");
    const Corpus corpus({folder_.path("a"), folder_.path("b")});
    const Vocabulary vocabulary({{"a", 3}, {"b", 3}, {"c", 1}}, 1, 0);
    CorpusFileWriter writer(vocabulary, {1, 0}, path_);
    encode(corpus, vocabulary, 2, writer);
    writer.commit();
    return folder_.read("corpus");
  }
  std::string refusal(const std::string& bytes) const {
    folder_.write("corpus", bytes);
    return thrown_message([this] { const EncodedCorpus corpus(path_); });
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.path("corpus");
};

TEST_F(EncodedCorpora, AreReadAsTheyWereWritten) {
  for (const std::int64_t longest : {1, 3, 700}) {
    const SyntheticCorpus written = zipf_corpus(40, 3000, 9);
    write(written, longest);
    const EncodedCorpus corpus(path_);
    ASSERT_EQ(corpus.tokens(), 3000);
    EXPECT_EQ(corpus.settings().min_count, 3);
    EXPECT_EQ(corpus.settings().max_vocab, 70);
    ASSERT_EQ(corpus.vocabulary().size(), written.vocabulary.size());
    for (std::int64_t w = 0; w < corpus.vocabulary().size(); ++w) {
      const auto id = static_cast<WordId>(w);
      EXPECT_EQ(corpus.vocabulary().word(id), written.vocabulary.word(id));
      EXPECT_EQ(corpus.vocabulary().count(id), written.vocabulary.count(id));
    }
    expect_same_tokens(corpus, written.tokens);
  }
}

TEST_F(EncodedCorpora, HaveTheFingerprintOfTheText) {
  sample();
  const EncodedCorpus corpus(path_);
  const Corpus text({folder_.path("a"), folder_.path("b")});
  const TextFingerprint expected = fingerprint_of(encode(text, corpus.vocabulary(), 1), 1);
  for (const TextFingerprint& found : {corpus.text(), fingerprint_of(corpus, 2)})
    expect_same_text(found, expected);
}

TEST_F(EncodedCorpora, OfOneRunHaveNoName) {
  for (const std::int64_t longest : {1, 3, 700}) {
    const SyntheticCorpus written = zipf_corpus(40, 3000, 9);
    ScratchTokens corpus(folder_.path());
    give(written, longest, corpus);
    EXPECT_EQ(corpus.bytes(), 4 * 3000);
    expect_same_tokens(corpus, written.tokens);
  }
  sample();
  const Corpus text({folder_.path("a"), folder_.path("b")});
  const Vocabulary vocabulary({{"a", 3}, {"b", 3}, {"c", 1}}, 1, 0);
  const TokenStream expected = encode(text, vocabulary, 1);
  ScratchTokens corpus(folder_.path());
  encode(text, vocabulary, 2, corpus);
  expect_same_tokens(corpus, expected);
  expect_same_text(corpus.text(), fingerprint_of(expected, 1));
  ASSERT_EQ(corpus.files().size(), 2U);
  EXPECT_EQ(corpus.files()[1].end, 7);
  EXPECT_THAT(folder_.names(), testing::ElementsAre("a", "b", "corpus"));
  EXPECT_THAT(thrown_message([&] { ScratchTokens(folder_.path("none")); }),
              HasSubstr("to a temporary file in " + folder_.path("none") + ": No such file or directory"));
}

TEST_F(EncodedCorpora, AreSubsampledLikeThoseInMemory) {
  const SyntheticCorpus written = zipf_corpus(40, 5000, 300);
  write(written, 50);
  const EncodedCorpus corpus(path_);
  const std::vector<std::uint32_t> thresholds(40, 0x40000000U);
  const KeptTokens expected(written.tokens, thresholds, {3, 1}, 20, 1);
  const KeptTokens kept(corpus, thresholds, {3, 1}, 20, 3);
  expect_same_counts(kept, expected);
  KeptSpan all;
  KeptSpan expected_all;
  kept.read(0, kept.size(), all);
  expected.read(0, kept.size(), expected_all);
  EXPECT_EQ(all.words, expected_all.words);
  EXPECT_EQ(all.positions, expected_all.positions);
  EXPECT_EQ(all.segments, expected_all.segments);
}

TEST_F(EncodedCorpora, AppearCompleteOrNotAtAll) {
  const SyntheticCorpus corpus = zipf_corpus(9, 100, 9);
  folder_.write("corpus", "before");
  {
    CorpusFileWriter writer(corpus.vocabulary, {}, path_);
    writer.add({corpus.tokens.ids, corpus.tokens.ends});
  }
  EXPECT_EQ(folder_.read("corpus"), "before");
  EXPECT_THAT(thrown_message([&] { CorpusFileWriter(corpus.vocabulary, {}, "/dev/null"); }),
              HasSubstr("cannot write /dev/null: it is not a regular file"));
}

TEST_F(EncodedCorpora, EveryDamagedByteIsNoticed) {
  const std::string good = sample();
  EXPECT_EQ(refusal(good), "");
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    EXPECT_THAT(refusal(bad), StartsWith(path_ + ": ")) << at;
  }
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_THAT(refusal(good.substr(0, size)), StartsWith(path_ + ": ")) << size;
  EXPECT_THAT(refusal(good + '\0'), StartsWith(path_ + ": "));
}

TEST_F(EncodedCorpora, ContentThatNoWriterWritesIsRefused) {
  const std::string good = sample();
  const auto with = [&good](const std::string& section, std::size_t at, auto number) {
    std::string bad = good;
    put_number(bad, offset_of(bad, section) + at, number);
    return sealed(bad);
  };
  EXPECT_THAT(refusal(with("settings", 0, std::int64_t{0})), HasSubstr("the number of words is 0"));
  EXPECT_THAT(refusal(with("settings", 0, std::int64_t{4})), HasSubstr("too short for 4 words"));
  EXPECT_THAT(refusal(with("settings", 0, std::int64_t{2})),
              HasSubstr("section 'counts': expected 16 bytes"));
  EXPECT_THAT(refusal(with("settings", 8, std::int64_t{0})), HasSubstr("a min_count of at least 1"));
  EXPECT_THAT(refusal(with("words", 0, 'b')), HasSubstr("appears twice"));
  EXPECT_THAT(refusal(with("counts", 16, std::int64_t{5})), HasSubstr("expected decreasing counts"));
  EXPECT_THAT(refusal(with("tokens", 0, std::uint32_t{3})), HasSubstr("found the id 3 of a word"));
  EXPECT_THAT(refusal(with("tokens", 0, 0x80000000U)), HasSubstr("expected 2 sentences of"));
  EXPECT_THAT(refusal(with("tokens", 16, std::uint32_t{1})), HasSubstr("expected 2 sentences of"));
  EXPECT_THAT(refusal(with("text", 8, std::int64_t{4})),
              HasSubstr("its files have 6 tokens, but the file has 7"));
  EXPECT_THAT(refusal(with("text", 0, std::int64_t{-1})), HasSubstr("are not those of a text"));
}

TEST_F(EncodedCorpora, AFileThatChangesWhileItIsReadIsAnError) {
  const std::string bytes = sample();
  const EncodedCorpus corpus(path_);
  TokenBuffer buffer;
  ASSERT_EQ(corpus.read(0, 7, buffer).ids.size(), 7U);
  const std::size_t tokens = offset_of(bytes, "tokens");
  std::filesystem::resize_file(path_, tokens + 12);
  EXPECT_EQ(corpus.read(0, 3, buffer).ids.size(), 3U);
  EXPECT_THAT(thrown_message([&] { corpus.read(2, 5, buffer); }),
              HasSubstr("the file ends before token 5 of 7: it was cut short"));
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(tokens)).put('\x09');
  file.close();
  EXPECT_THAT(thrown_message([&] { corpus.read(0, 3, buffer); }), HasSubstr("found the id 9 of a word"));
}

TEST_F(EncodedCorpora, AreKnownByTheirFirstBytes) {
  sample();
  EXPECT_EQ(settings_of_encoded(path_)->min_count, 1);
  EXPECT_FALSE(settings_of_encoded(folder_.path("a")));
  EXPECT_FALSE(settings_of_encoded(folder_.path("none")));
  EXPECT_FALSE(settings_of_encoded(folder_.path("")));
  folder_.write("corpus", folder_.read("corpus").substr(0, 20));
  EXPECT_THAT(thrown_message([&] { settings_of_encoded(path_); }),
              HasSubstr("the file ends inside its header"));
}

// What a program's own encoder may give.
TEST_F(EncodedCorpora, SinksRefuseTokensThatCannotBe) {
  const SyntheticCorpus corpus = zipf_corpus(10, 200, 10);
  const std::vector<WordId> ids{WordId{0}, WordId{1}, WordId{2}};
  const auto expect = [&](const std::vector<WordId>& second, const std::vector<std::int64_t>& ends,
                          std::int64_t file_end, const std::string& message) {
    CorpusFileWriter file(corpus.vocabulary, {1, 0}, path_);
    ScratchTokens scratch;
    for (TokenSink* const sink : {static_cast<TokenSink*>(&file), static_cast<TokenSink*>(&scratch)})
      EXPECT_THAT(thrown_message([&] {
                    sink->add({ids, {}});
                    sink->add({second, ends});
                    sink->end_file({"text", file_end, file_end});
                  }),
                  HasSubstr(message));
  };
  expect(ids, std::vector<std::int64_t>{3, 6}, 6, "");
  expect({WordId{-1}}, {}, 4, "the id of token 3 is -1");
  expect(ids, std::vector<std::int64_t>{2}, 6, "a sentence ends at 2: expected a position above 3");
  expect(ids, std::vector<std::int64_t>{5, 5}, 6, "a sentence ends at 5: expected a position above 5");
  expect(ids, std::vector<std::int64_t>{7}, 6, "a sentence ends at 7");
  expect(ids, std::vector<std::int64_t>{6}, 7, "the tokens of text end at 7: expected 6");
  // Only the file has a vocabulary.
  CorpusFileWriter file(corpus.vocabulary, {1, 0}, path_);
  const std::vector<WordId> unknown{WordId{10}};
  EXPECT_THAT(thrown_message([&] {
                file.add({unknown, {}});
              }),
              HasSubstr("expected that of one of 10 words"));
  const std::vector<std::int64_t> before{0};
  EXPECT_THAT(thrown_message([&] { file.add({ids, before}); }), HasSubstr("a sentence ends at 0"));
  EXPECT_THAT(thrown_message([&] {
                CorpusFileWriter(Vocabulary({{"two words", 1}, {"a", 1}}, 1, 0), {1, 0}, path_);
              }),
              HasSubstr("cannot write " + path_ + ": word 1 is empty or contains white space or a NUL"));
}

TEST_F(EncodedCorpora, HaveOnlyTheirOwnTokens) {
  const SyntheticCorpus corpus = zipf_corpus(10, 200, 10);
  write(corpus, 50);
  const EncodedCorpus encoded(path_);
  ScratchTokens scratch;
  give(corpus, 50, scratch);
  TokenBuffer buffer;
  for (const TokenSource* const tokens :
       {static_cast<const TokenSource*>(&encoded), static_cast<const TokenSource*>(&scratch)})
    for (const auto& [begin, end] : {std::pair{-1, 5}, std::pair{5, 4}, std::pair{0, 201}})
      EXPECT_THAT(thrown_message([&, b = begin, e = end] { tokens->read(b, e, buffer); }),
                  HasSubstr("of a corpus of 200"));
}

}  // namespace
}  // namespace warp2vec
