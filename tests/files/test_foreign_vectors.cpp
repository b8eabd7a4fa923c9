// Files as they are found: with spaces in words, compressed, incomplete, or of another kind.

#include <warp2vec/keyed_vectors.h>
#include <warp2vec/word_vectors.h>

#include "host/bytes/half.h"
#include "tests/support/compressed.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"
#include "tests/support/vector_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

class ForeignVectors : public testing::Test {
 protected:
  WordVectors load(std::string_view bytes, std::int64_t limit = 0) {
    return load_vectors(folder_.write(path_, bytes), {limit});
  }
  std::string complaint(std::string_view bytes) {
    return thrown_message([&] { load(bytes); });
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.path("vectors");
};

const std::vector<std::string> kWords{"the",     "new york", "of",        ". . .",     "at name@domain.com",
                                      "a b",     "a bcd",    "c\x01\x02", "tab\there", "catch 22",
                                      "été x y", "last one"};

WordVectors with_spaces(std::int32_t dim, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, 0.3F);
  std::vector<float> values(kWords.size() * static_cast<std::size_t>(dim));
  for (float& value : values) value = normal(random);
  return make_vectors(kWords, dim, values);
}

// `newline`: after which rows there is one.
template <class Newline>
std::string binary(const WordVectors& v, const Newline& newline) {
  std::string bytes = std::to_string(v.size()) + " " + std::to_string(v.dim()) + "\n";
  const std::string values = float_bytes(values_of(v));
  const std::size_t row = static_cast<std::size_t>(v.dim()) * sizeof(float);
  for (std::size_t r = 0; r < v.words.size(); ++r)
    bytes += v.words[r] + " " + values.substr(r * row, row) + (newline(r) ? "\n" : "");
  return bytes;
}

TEST_F(ForeignVectors, BinaryWordsWithSpacesAreRead) {
  for (const std::int32_t dim : {10, 100})
    for (unsigned seed = 0; seed < 100; ++seed) {
      const WordVectors v = with_spaces(dim, seed);
      for (const std::string& file :
           {binary(v, [](std::size_t) { return false; }), binary(v, [](std::size_t) { return true; }),
            binary(v, [](std::size_t r) { return r + 1 < kWords.size(); })}) {
        const WordVectors read = load(file);
        ASSERT_EQ(read.words, kWords) << dim << " " << seed;
        ASSERT_EQ(bits_of(read), bits_of(v));
      }
    }
}

TEST_F(ForeignVectors, BinaryNewlinesMayStandAfterSomeRows) {
  WordVectors v = with_spaces(10, 1);
  v.words[7] = "plain";  // with control characters in words as well there is too little to go by
  v.words[8] = "x y z";
  EXPECT_EQ(load(binary(v, [](std::size_t r) { return r % 3 != 2; })).words, v.words);
}

TEST_F(ForeignVectors, FewBinaryValuesAreReadRightOrRefused) {
  int refused = 0;
  for (const std::int32_t dim : {1, 2, 3, 4})
    for (unsigned seed = 0; seed < 200; ++seed) {
      const WordVectors v = with_spaces(dim, seed);
      try {
        ASSERT_EQ(load(binary(v, [](std::size_t) { return false; })).words, kWords) << dim << " " << seed;
      } catch (const Error&) {
        ++refused;
      }
    }
  EXPECT_LT(refused, 400);
}

TEST_F(ForeignVectors, BinaryWordsWithoutSpacesEndAtTheFirstSpace) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-1, 1);
  const auto any = [&random] {
    const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    return std::isfinite(value) ? value : 0;
  };
  for (int i = 0; i < 100; ++i) {
    std::vector<std::string> words;
    for (int w = 0; w < 50; ++w) words.push_back("word" + std::to_string(w) + (w % 7 == 0 ? "\xe9" : ""));
    std::vector<float> few;
    std::vector<float> many;
    while (few.size() < words.size() * 2) few.push_back(uniform(random));
    while (many.size() < words.size() * 10) many.push_back(any());
    for (const WordVectors& v : {make_vectors(words, 2, few), make_vectors(words, 10, many)})
      for (const bool newline : {true, false})
        ASSERT_EQ(load(binary(v, [newline](std::size_t) { return newline; })).words, words);
  }
}

TEST_F(ForeignVectors, TextWordsWithSpacesAreRead) {
  const std::string rows =
      "the 0.5 -1 2\n. . . 1 2 3.5\nat name@domain.com 1 .5 1e-3\ncatch 22 0.1 0.2 0.3\nof 1 2 3\n"
      "a\tb 4 5 6\nle  été 7 8 9 \nto 1 2 3\nin 4 5 6\nis 7 8 9\n";
  for (const std::string& file : {"10 3\n" + rows, rows, "\xEF\xBB\xBF" + rows,
                                  "\xEF\xBB\xBF"
                                  "10 3\n" +
                                      rows + "\n \r\n\n"}) {
    const WordVectors v = load(file);
    EXPECT_THAT(v.words, ElementsAre("the", ". . .", "at name@domain.com", "catch 22", "of", "a\tb",
                                     "le  été", "to", "in", "is"));
    EXPECT_EQ(v.vectors.row(3)[2], 0.3F);
    EXPECT_EQ(v.vectors.row(6)[0], 7);
  }
  // the first line may be the one with spaces
  EXPECT_THAT(load(". . 1.5 2\nthe 1 2\nof 1 2\n").words, ElementsAre(". .", "the", "of"));
  EXPECT_THAT(load(". . 1.5 2\nthe 1 2\nof 1 2\n", 1).words, ElementsAre(". ."));
  // too many values are no word
  EXPECT_THAT(complaint("2 2\nthe 1.5 2\nof 0.5 1.5 2\n"), HasSubstr("line 3: found 3 values, expected 2"));
  EXPECT_THAT(complaint("the 1 2\nto 1 2\nof 3 1 2\n"), HasSubstr("line 3: found 3 values, expected 2"));
}

TEST_F(ForeignVectors, TextFieldsBetweenTabsAndSpaces) {
  for (const char* file : {"2 2\na\t1 +2.5\nb\t3\t4\n", "a\t1\t2.5\t\nb  3  4 \t\r\n"}) {
    const WordVectors v = load(file);
    EXPECT_THAT(v.words, ElementsAre("a", "b"));
    EXPECT_THAT(values_of(v), ElementsAre(1, 2.5F, 3, 4));
  }
}

TEST_F(ForeignVectors, CompressedFilesAreReadAndWritten) {
  const WordVectors v = sample_vectors();
  for (const VectorFormat format : {VectorFormat::binary, VectorFormat::text, VectorFormat::glove}) {
    save_vectors(v, path_, format);
    const std::string plain = folder_.read(path_);
    for (const std::string& file : {gzip(plain), zstd(plain), bzip2(plain), xz(plain),
                                    gzip(plain.substr(0, 9)) + gzip(plain.substr(9))})
      EXPECT_EQ(bits_of(load(file)), bits_of(v));
    for (const char* end : {".gz", ".zst", ".bz2", ".xz"}) {
      const std::string path = folder_.path("written") + end;
      save_vectors(v, path, format);
      EXPECT_NE(folder_.read(path), plain);
      EXPECT_EQ(bits_of(load_vectors(path)), bits_of(v));
    }
    const std::string whole = gzip(plain);
    EXPECT_THAT(complaint(whole.substr(0, whole.size() - 3)), HasSubstr("the gzip data ends too early"));
  }
  EXPECT_EQ(folder_.read("written.gz").substr(0, 2), "\x1f\x8b");
  EXPECT_THAT(thrown_message([&] { save_vectors(v, folder_.path("v.npy.gz"), VectorFormat::npy); }),
              HasSubstr("npy files are not compressed"));
}

TEST_F(ForeignVectors, OnlyTheFirstVectorsAreReadOnRequest) {
  WordVectors v = make_vectors({"a", "b", "c"}, 2, {1, 2, 3, 4, 5, 6});
  v.counts = {9, 5, 1};
  for (const VectorFormat format : {VectorFormat::binary, VectorFormat::text, VectorFormat::glove,
                                    VectorFormat::npy, VectorFormat::safetensors}) {
    save_vectors(v, path_, format);
    EXPECT_THAT(values_of(load_vectors(path_, {2})), ElementsAre(1, 2, 3, 4)) << to_string(format);
    EXPECT_EQ(load_vectors(path_, {7}).size(), 3);
    std::string words;
    const VectorFileSummary summary =
        scan_vectors(path_, {2}, [&](std::string_view word, std::span<const float> values) {
          words += word;
          EXPECT_EQ(values.size(), 2U);
        });
    EXPECT_EQ(words, "ab");
    EXPECT_EQ(summary.size, 2);
    EXPECT_EQ(summary.dim, 2);
  }
  EXPECT_THAT(thrown_message([&] { load_vectors(path_, {-1}); }), HasSubstr("expected 0 or more"));
}

TEST_F(ForeignVectors, CountsAreKept) {
  WordVectors v = make_vectors({"a 7", "b 5", "c 3"}, 1, {1, 2, 3});
  for (const VectorFormat format : {VectorFormat::npy, VectorFormat::safetensors}) {
    v.counts = {};
    save_vectors(v, path_, format);
    EXPECT_EQ(load_vectors(path_).words, v.words);  // the checksum tells that these are no counts
    EXPECT_THAT(load_vectors(path_).counts, ElementsAre());
    v.counts = {9, 5, 0};
    save_vectors(v, path_, format);
    EXPECT_EQ(load_vectors(path_).words, v.words);
    EXPECT_EQ(load_vectors(path_).counts, v.counts);
  }
  EXPECT_EQ(folder_.read("vectors.vocab"), "a 7 9\nb 5 5\nc 3 0\n");
}

TEST_F(ForeignVectors, HalvesAreTheNearest) {
  for (int bits = 0; bits < 1 << 16; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = float_of_half(half);
    if (std::isnan(value)) continue;
    ASSERT_EQ(half_of_float(value), half);
    if (std::isinf(value) || std::isinf(float_of_half(static_cast<std::uint16_t>(half + 1)))) continue;
    // Between two neighbours the even one is nearest.
    const float middle = (value + float_of_half(static_cast<std::uint16_t>(half + 1))) / 2;
    ASSERT_EQ(half_of_float(middle), half % 2 == 0 ? half : half + 1) << bits;
    ASSERT_EQ(half_of_float(std::nextafter(middle, value)), half);
  }
  EXPECT_EQ(half_of_float(65519), 0x7BFF);
  EXPECT_TRUE(std::isinf(float_of_half(half_of_float(65520))));
}

TEST_F(ForeignVectors, Float16IsWrittenAndRead) {
  VectorOutput output(VectorFormat::npy);
  output.half = true;
  for (const VectorFormat format : {VectorFormat::npy, VectorFormat::safetensors}) {
    output.format = format;
    save_vectors(make_vectors({"a", "b"}, 2, {0.5F, -1e-7F, 0.1F, 65504}), path_, output);
    EXPECT_THAT(values_of(load_vectors(path_)), ElementsAre(0.5F, -1.1920929e-07F, 0.099975586F, 65504));
    EXPECT_THAT(thrown_message([&] { save_vectors(make_vectors({"a"}, 1, {65520}), path_, output); }),
                HasSubstr("the vector of 'a' has a value that is too large for float16"));
  }
  output.format = VectorFormat::binary;
  EXPECT_THAT(thrown_message([&] { save_vectors(sample_vectors(), path_, output); }),
              HasSubstr("float16 needs the format npy or safetensors"));
}

TEST_F(ForeignVectors, OutputVectorsSumsAndBothAreSaved) {
  const Vocabulary vocabulary({{"a", 3}, {"b", 2}}, 1, 0);
  Embeddings embeddings;
  embeddings.input = Matrix(2, 2);
  embeddings.output = Matrix(2, 2);
  for (std::int64_t r = 0; r < 2; ++r) {
    embeddings.input.row(r)[1] = static_cast<float>(r + 1);
    embeddings.output.row(r)[0] = static_cast<float>(10 * (r + 1));
  }
  const auto saved = [&](const char* choice) {
    VectorOutput output(VectorFormat::text);
    output.choice = parse_vector_choice(choice);
    save_vectors(vocabulary, embeddings, path_, output);
    return folder_.read(path_);
  };
  EXPECT_EQ(saved("input"), "2 2\na 0 1\nb 0 2\n");
  EXPECT_EQ(saved("output"), "2 2\na 10 0\nb 20 0\n");
  EXPECT_EQ(saved("sum"), "2 2\na 10 1\nb 20 2\n");
  EXPECT_EQ(saved("concat"), "2 4\na 0 1 10 0\nb 0 2 20 0\n");
  save_vectors(vocabulary, embeddings, path_, VectorFormat::text, 1);
  EXPECT_EQ(folder_.read(path_), "1 2\na 0 1\n");
  embeddings.output = Matrix();
  EXPECT_THAT(thrown_message([&] { saved("sum"); }), HasSubstr("there are no output vectors"));
}

TEST_F(ForeignVectors, SafetensorsWithMistakesAreRefused) {
  save_vectors(sample_vectors(), path_, VectorFormat::safetensors);
  const std::string whole = folder_.read(path_);
  const auto with = [&](const std::string& part, const std::string& instead) {
    std::string changed = whole;
    return complaint(changed.replace(changed.find(part), part.size(), instead));
  };
  EXPECT_THAT(with("\"vectors\"", "\"tensors\""), HasSubstr("the tensor 'vectors' is missing"));
  EXPECT_THAT(with("F32", "F99"), HasSubstr("which its type and shape do not make"));
  EXPECT_THAT(with("[3,3]", "[3,9]"), HasSubstr("which its type and shape do not make"));
  EXPECT_THAT(with("[3,3]", "[9,1]"), HasSubstr("found 3 words, expected 9"));
  EXPECT_THAT(with("[0,36]", "[0,99]"), HasSubstr("is not within the"));
  EXPECT_THAT(with("[0,36]", "[9,36]"), HasSubstr("has 27 bytes"));
  EXPECT_THAT(with("\"shape\":[3", "\"shapo\":[3"), HasSubstr("no valid dtype, shape and data_offsets"));
  EXPECT_THAT(with("{\"__metadata__\"", "{\"__metadata__["), HasSubstr("the header is not a JSON object"));
}

// fastText's print-word-vectors prints the same for this file.
TEST_F(ForeignVectors, FastTextsModelsAreReadWithTheirSubwords) {
  const WordVectors vectors = load(fasttext_model());
  EXPECT_EQ(vectors.words, (std::vector<std::string>{"</s>", "\xc3\xa9"}));
  EXPECT_EQ(vectors.counts, (std::vector<std::int64_t>{9, 5}));
  // </s> has no subwords; those of <é> are <é, <é> and é>
  EXPECT_EQ(values_of(vectors), (std::vector<float>{1, 2, 30.75F, 26}));
  EXPECT_EQ(values_of(load(fasttext_model({.longest = 0}))), (std::vector<float>{1, 2, 3, 4}));
}

TEST_F(ForeignVectors, FastTextsModelsComposeTheVectorsOfOtherWords) {
  for (const std::string& file : {fasttext_model(), gzip(fasttext_model())}) {
    const KeyedVectors vectors(load(file));
    // <a and <ab, ab, ab>, b>: buckets 2, 0, 0, 2, 2; those of <né> are 1, 0, 0, 0, 0
    EXPECT_THAT(vectors.composed("ab"), Optional(ElementsAre(64, 60)));
    EXPECT_THAT(vectors.composed("n\xc3\xa9"), Optional(ElementsAre(8, 2)));
    EXPECT_EQ(vectors.composed("\xc3\xa9"), std::nullopt);  // it is one of the model's
    EXPECT_EQ(vectors.most_similar({"ab"}, {}, 1).front().word, "\xc3\xa9");
    EXPECT_NEAR(vectors.most_similar({"n\xc3\xa9"}, {"ab"}, 1)[0].similarity, -0.2015, 1e-3);
  }
  EXPECT_EQ(KeyedVectors(load(fasttext_model({.longest = 0}))).composed("ab"), std::nullopt);
  EXPECT_EQ(KeyedVectors(load("1 1\na 1\n")).composed("ab"), std::nullopt);
  // é is not read, so it could not be told from a word that the model does not have.
  EXPECT_EQ(KeyedVectors(load(fasttext_model(), 1)).composed("\xc3\xa9"), std::nullopt);
}

TEST_F(ForeignVectors, AFastTextModelThatChangesIsNotComposedFrom) {
  const KeyedVectors vectors(load(fasttext_model()));
  std::ofstream(path_, std::ios::app) << "x";
  EXPECT_EQ(thrown_message([&] { vectors.composed("ab"); }), path_ + ": it has changed since it was read");
}

TEST_F(ForeignVectors, DamagedAndQuantizedFastTextModelsAreErrors) {
  const std::string whole = fasttext_model();
  for (std::size_t size = 4; size < whole.size(); ++size)
    EXPECT_THAT(complaint(whole.substr(0, size)), HasSubstr("fastText model")) << size;
  EXPECT_THAT(complaint(whole + "x"), HasSubstr("expected the end of the file"));
  EXPECT_THAT(complaint(fasttext_model({.quantized = true})),
              HasSubstr("quantized (.ftz), which is not read"));
  EXPECT_THAT(complaint(fasttext_model({.version = 13})), HasSubstr("expected version 11 or 12"));
  EXPECT_THAT(complaint(fasttext_model({.buckets = 0})), HasSubstr("no buckets"));
  EXPECT_THAT(complaint(fasttext_model({.buckets = 4})), HasSubstr("a matrix of 5 x 2, expected 6 x 2"));
}

TEST_F(ForeignVectors, OtherKindsOfFilesAreNamed) {
  const std::vector<std::pair<std::string, std::string>> files{
      {std::string("\xba\x16\x4f\x2f\x0c\0\0\0", 8), "the fastText model ends inside its settings"},
      {"PK\x03\x04 and so on", "a ZIP archive"},
      {std::string("\x80\x04\x95\x10\0\0\0", 7), "a Python pickle"},
      {std::string("\x80\x02}q\0", 5), "a Python pickle"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "a Git LFS pointer"},
      {"<<<<<<< HEAD\n2 2\n", "an unresolved merge conflict"},
      {"\n<!DOCTYPE HTML><html>404</html>", "a web page"},
      {"<html><body>", "a web page"},
      {"<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code></Error>", "an XML document"},
      {std::string("\x80\x02\x8a\x0al\xfc\x9c\x46\0", 9), "a Python pickle"},
      {std::string("\x3f\x80\0\0\n", 5),
       "offset 0: expected word vectors, but this is binary data of no known kind"},
      {"\x89HDF\r\n\x1a\n", "an HDF5 file"},
      {std::string("\xff\xfe\x32\0", 4), "text in UTF-16"}};
  for (const auto& [bytes, name] : files) {
    EXPECT_THAT(complaint(bytes), HasSubstr(name));
    EXPECT_THAT(complaint(gzip(bytes)), HasSubstr(name));
  }
  EXPECT_THAT(complaint(std::string(257, 'x') + "ustar"), HasSubstr("a tar archive"));
}

}  // namespace
}  // namespace warp2vec
