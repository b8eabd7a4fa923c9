#include <warp2vec/id_sequences.h>

#include "host/text/chunk_workers.h"
#include "tests/support/npy.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::EndsWith;
using testing::HasSubstr;

constexpr std::int64_t kMax = 9223372036854775807;

// All that counting and encoding find.
struct Found {
  std::vector<std::string> words;
  std::vector<std::int64_t> counts;
  std::vector<WordId> ids;
  std::vector<std::int64_t> ends;
  std::int64_t tokens = 0;
  std::int64_t types = 0;

  bool operator==(const Found&) const = default;
};

Found found(const CorpusCounts& counts, const TokenStream& tokens) {
  Found all;
  for (std::int64_t row = 0; row < counts.vocabulary.size(); ++row)
    all.words.emplace_back(counts.vocabulary.word(static_cast<WordId>(row)));
  all.counts.assign(counts.vocabulary.counts().begin(), counts.vocabulary.counts().end());
  all.ids = tokens.ids;
  all.ends = tokens.ends;
  all.tokens = counts.tokens;
  all.types = counts.types;
  return all;
}

Found of_sequences(const IdSequences& sequences, std::int64_t min_count = 1, std::int64_t max_vocab = 0) {
  const CorpusCounts counts = count_words(sequences, min_count, max_vocab);
  return found(counts, encode(sequences, counts.vocabulary));
}

std::string complaint(const IdSequences& sequences, std::int64_t num_ids = 0) {
  return thrown_message([&] { count_words(sequences, 1, 0, num_ids); });
}

class Ids : public testing::Test {
 protected:
  Corpus corpus(const std::string& bytes, const IdInput& ids = {true, 0}) const {
    return Corpus({folder_.write("ids", bytes)}, {}, "", ids);
  }
  Found of_corpus(const Corpus& corpus, std::int64_t min_count = 1, std::int64_t max_vocab = 0,
                  int threads = 2, std::size_t chunk_bytes = 7) const {
    const CorpusCounts counts = count_words_in_chunks(corpus, min_count, max_vocab, threads, {}, chunk_bytes);
    return found(counts, encode_in_chunks(corpus, counts.vocabulary, threads, {}, chunk_bytes));
  }
  std::string file_complaint(const std::string& bytes, const IdInput& ids = {true, 0}) const {
    return thrown_message([&] { count_words_in_chunks(corpus(bytes, ids), 1, 0, 2, {}, 7); });
  }

  TemporaryFolder folder_;
  const std::string path_ = folder_.path("ids");
  // "7 3 7 0" / "3" / "12 7", in every form.
  const std::vector<std::int32_t> indices_{7, 3, 7, 0, 3, 12, 7};
  const std::vector<std::int64_t> offsets_{0, 4, 4, 5, 7};
  const std::string text_ = "7 3\t7 0\n\n3\r\n12 7";
};

TEST_F(Ids, AreTheSameInEveryForm) {
  const Found expected = of_corpus(corpus(text_, {}));  // as words
  EXPECT_THAT(expected.words, ElementsAre("7", "3", "0", "12"));
  EXPECT_THAT(expected.counts, ElementsAre(3, 2, 1, 1));
  EXPECT_THAT(expected.ends, ElementsAre(4, 5, 7));
  const std::vector<std::int64_t> wide(indices_.begin(), indices_.end());
  const std::vector<std::int32_t> narrow(offsets_.begin(), offsets_.end());
  EXPECT_EQ(of_sequences(IdSequences::csr(indices_, offsets_)), expected);
  EXPECT_EQ(of_sequences(IdSequences::csr(wide, narrow)), expected);
  const std::vector<std::int64_t> separated{7, 3, 7, 0, -1, -1, 3, -9, 12, 7};
  EXPECT_EQ(of_sequences(IdSequences::separated(separated)), expected);
  const std::vector<std::int32_t> rows{7, 3, 7, 0, 3, -1, -1, -1, -1, -1, 12, 7};
  EXPECT_EQ(of_sequences(IdSequences::padded(rows, 3, 4)), expected);
  const std::vector<std::int32_t> nines{7, 3, 7, 0, 3, 9, 9, 9, 12, 7, 9, -1};
  EXPECT_EQ(of_sequences(IdSequences::padded(nines, 3, 4, 9)), expected);
  for (const int threads : {1, 3})
    for (const std::size_t chunk : {1, 2, 8, 100}) {
      EXPECT_EQ(of_corpus(corpus(text_), 1, 0, threads, chunk), expected);
      EXPECT_EQ(of_corpus(corpus(npy(separated)), 1, 0, threads, chunk), expected);
      EXPECT_EQ(of_corpus(corpus(npy(rows, 4)), 1, 0, threads, chunk), expected);
    }
  EXPECT_TRUE(corpus(npy(rows, 4), {}).has_ids());
  EXPECT_FALSE(corpus(text_, {}).has_ids());
}

TEST_F(Ids, AreSelectedAsWords) {
  for (const std::uint32_t types : {400, 20000}) {
    std::string text;
    std::uint32_t random = 1;
    for (int i = 0; i < 20000; ++i) {
      random = random * 1664525 + 1013904223;
      const std::uint32_t id = (random >> 8) % types;
      text += std::to_string(id * id / 100) + (i % 13 == 0 ? "\n" : " ");
    }
    for (int i = 0; i < 70000; ++i) text += "5 ";  // a count that is no place
    for (const std::int64_t min_count : {1, 3, 50, 200})
      for (const std::int64_t max_vocab : {0, 20}) {
        const Found words = of_corpus(corpus(text, {}), min_count, max_vocab, 2, 10000);
        EXPECT_EQ(of_corpus(corpus(text), min_count, max_vocab, 2, 10000), words);
      }
  }
}

TEST_F(Ids, AreFoundInTheirVocabulary) {
  const Vocabulary vocabulary = count_words(IdSequences::csr(indices_, offsets_), 2, 0).vocabulary;
  EXPECT_EQ(vocabulary.find("7"), WordId{0});
  EXPECT_EQ(vocabulary.find("3"), WordId{1});
  for (const char* word : {"", "0", "12", "13", "07", "+7", "-1", "7 ", "x", "99999999999", "2147483647"})
    EXPECT_EQ(vocabulary.find(word), std::nullopt) << word;
  EXPECT_THAT(rows_of_ids(vocabulary, 0), ElementsAre(-1, -1, -1, 1, -1, -1, -1, 0));
  EXPECT_THAT(rows_of_ids(vocabulary, 9), ElementsAre(-1, -1, -1, 1, -1, -1, -1, 0, -1));
  EXPECT_THAT(thrown_message([&] { rows_of_ids(vocabulary, 7); }),
              HasSubstr("has the word '7': expected an id, 0 to 6"));
  const Vocabulary words({{"7", 3}, {"three", 2}}, 1, 0);
  EXPECT_THAT(thrown_message([&] { rows_of_ids(words, 0); }),
              HasSubstr("has the word 'three': expected an id"));
  const Vocabulary sparse({{"2000000000", 3}}, 1, 0);
  EXPECT_THAT(thrown_message([&] { rows_of_ids(sparse, 0); }), HasSubstr("renumber sparse ones"));
}

TEST_F(Ids, NumbersOfIdsAreThoseGivenOrFound) {
  const IdSequences sequences = IdSequences::csr(indices_, offsets_);
  EXPECT_EQ(count_words(sequences, 3, 0).num_ids, 13);
  EXPECT_EQ(count_words(sequences, 3, 0, 20).num_ids, 20);
  EXPECT_EQ(complaint(sequences, 12), "indices[5] is 12: expected an id, 0 to 11");
  EXPECT_EQ(complaint(sequences, -1), "--num-ids -1 is out of range: expected 0 to 2147483647");
  EXPECT_EQ(file_complaint(text_, {true, 12}), path_ + ":4: expected an id, 0 to 11, found '12'");
  EXPECT_EQ(count_words(corpus(text_, {true, 20}), 1, 0, 1).num_ids, 20);
  EXPECT_EQ(count_words(corpus(text_), 1, 0, 1).num_ids, 13);
}

TEST_F(Ids, SparseOnesAreRefused) {
  const std::vector<std::int64_t> ids{1, 16777215, 16777216};
  EXPECT_EQ(complaint(IdSequences::separated(ids)),
            "value 2 is 16777216: expected an id, 0 to 16777215 (rows are numbered by ids: renumber sparse "
            "ones, or say how many there are, --num-ids)");
  EXPECT_EQ(complaint(IdSequences::separated(ids), 16777217), "");
  const std::vector<std::int64_t> far{kMax};
  EXPECT_THAT(complaint(IdSequences::separated(far), 2147483647),
              EndsWith("is 9223372036854775807: expected an id, 0 to 2147483646"));
}

TEST_F(Ids, OffsetsMustFit) {
  const auto refused = [&](const std::vector<std::int64_t>& offsets) {
    return thrown_message([&] { IdSequences::csr(indices_, offsets); });
  };
  EXPECT_THAT(refused({}), HasSubstr("there are no offsets"));
  EXPECT_EQ(refused({1, 7}), "offsets[0] is 1: expected 0");
  EXPECT_EQ(refused({0, 4, 3, 7}), "offsets[2] is 3: expected 4, the offset before, or more");
  EXPECT_EQ(refused({0, 4}), "offsets[1] is 4: expected 7, the number of indices");
  EXPECT_EQ(refused({0, kMax}), "offsets[1] is 9223372036854775807: expected 7, the number of indices");
  EXPECT_EQ(refused({0, 7}), "");
  const std::vector<std::int32_t> negative{1, -1};
  const std::vector<std::int64_t> offsets{0, 2};
  EXPECT_THAT(complaint(IdSequences::csr(negative, offsets)), HasSubstr("indices[1] is -1: expected an id"));
  EXPECT_THAT(complaint(IdSequences::csr(std::vector<std::int32_t>(), std::vector<std::int64_t>{0})),
              HasSubstr("the sequences hold no ids: 0 value(s)"));
}

TEST_F(Ids, ShapesMustFit) {
  const auto refused = [&](std::int64_t rows, std::int64_t columns) {
    return thrown_message([&] { IdSequences::padded(indices_, rows, columns); });
  };
  EXPECT_EQ(refused(7, 1), "");
  EXPECT_EQ(refused(2, 4), "an array of 7 values has no shape of 2 x 4");
  for (const std::int64_t bad : {std::int64_t{-7}, std::int64_t{0}, kMax}) {
    EXPECT_NE(refused(bad, 1), "") << bad;
    EXPECT_NE(refused(1, bad), "") << bad;
    EXPECT_NE(refused(bad, bad), "") << bad;
  }
  EXPECT_THAT(complaint(IdSequences::padded(indices_, 1, 7), 8), HasSubstr("row 0, column 5 is 12"));
}

TEST_F(Ids, TextMustBeOfIds) {
  for (const std::string word :
       {"x", "1x", "+1", "-1", "01", "00", "1.0", "1e3", "99999999999999999999", "2147483647", "\xD9\xA1"})
    EXPECT_THAT(
        file_complaint("0 1\n1\n0 " + word + " 1\nx"),
        AllOf(HasSubstr(path_ + ":3: expected an id, 0 to 16777215, "), EndsWith("found '" + word + "'")));
  EXPECT_EQ(file_complaint(std::string("1\0", 2)).find(path_ + ": NUL byte at offset 1"), 0U);
  EXPECT_THAT(file_complaint(" \n"), HasSubstr("the input holds no words"));
  // Lines are those of the file, not of all files.
  const Corpus two({folder_.write("a", "1\n2\n"), folder_.write("b", "1\nx\n")}, {}, "", {true, 0});
  EXPECT_THAT(thrown_message([&] { count_words_in_chunks(two, 1, 0, 2, {}, 1); }),
              HasSubstr(folder_.path("b") + ":2: "));
}

TEST_F(Ids, ArraysMustBeOfIds) {
  const std::vector<std::int64_t> ids{3, 4, -1, 5};
  EXPECT_THAT(file_complaint(npy(ids), {true, 5}), EndsWith("ids: value 3: expected an id, 0 to 4, found 5"));
  EXPECT_THAT(file_complaint(npy(ids, 2), {true, 5}),
              EndsWith("ids: row 1, column 1: expected an id, 0 to 4, found 5"));
  EXPECT_THAT(file_complaint(npy(std::vector<std::int32_t>{-1, -2})), HasSubstr("the input holds no words"));
  const std::string good = npy(ids);
  const auto with = [&](const std::string& part, const std::string& instead) {
    std::string bytes = good;
    return file_complaint(bytes.replace(bytes.find(part), part.size(), instead));
  };
  for (const char* type : {"'>i8'", "'<u8'", "'<i2'", "'|i1'"})
    EXPECT_THAT(with("'<i8'", type), HasSubstr("expected the type '<i4' or '<i8'")) << type;
  EXPECT_THAT(with("False", "True "), HasSubstr("expected the fortran_order False"));
  EXPECT_THAT(with("(4,)", "(5,)"),
              HasSubstr("the header's shape does not match the 32 bytes that follow it"));
  EXPECT_THAT(with("(4,)", "(4) "), HasSubstr("expected a shape of one or two integers above 0"));
  EXPECT_THAT(with("(4,), }   ", "(2,2,1), }"), HasSubstr("expected a shape of one or two integers above 0"));
  EXPECT_THAT(file_complaint(good.substr(0, good.size() - 1)), HasSubstr("does not match the 31 bytes"));
  EXPECT_THAT(file_complaint(good + "x"), HasSubstr("does not match the 33 bytes"));
}

TEST_F(Ids, ArraysStandBesideIdsOnly) {
  folder_.write("all/a.npy", npy(std::vector<std::int32_t>{1, 2}));
  folder_.write("all/b.txt", "2 1\n");
  const auto open = [&](bool ids) { return Corpus({folder_.path("all")}, {}, "", {ids, 0}); };
  EXPECT_THAT(thrown_message([&] { open(false); }), HasSubstr("a.npy: an array of ids beside text"));
  const CorpusCounts counts = count_words(open(true), 1, 0, 1);
  EXPECT_EQ(counts.tokens, 4);
  const TokenStream tokens = encode(open(true), counts.vocabulary, 1);
  EXPECT_THAT(tokens.ends, ElementsAre(2, 4));
  EXPECT_THAT(tokens.encoded_files.at(0).name, EndsWith("a.npy"));
}

}  // namespace
}  // namespace warp2vec
