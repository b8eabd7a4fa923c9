#include <warp2vec/word_vectors.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"
#include "tests/support/vector_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::vector<VectorFormat> kReadable = {VectorFormat::binary, VectorFormat::text, VectorFormat::glove,
                                             VectorFormat::npy, VectorFormat::safetensors};

class LoadVectors : public testing::Test {
 protected:
  WordVectors load(std::string_view bytes) { return load_vectors(folder_.write(path_, bytes)); }

  // The error message, without the file's name, with which it must begin.
  std::string complaint(std::string_view bytes) {
    const std::string message = thrown_message([&] { load(bytes); });
    if (message.empty()) return "";
    EXPECT_THAT(message, StartsWith(path_ + ": "));
    return message.substr(path_.size() + 2);
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.path("vectors");
};

const std::string kRow1 = "the " + float_bytes({1, 2});
const std::string kRow2 = "of " + float_bytes({-3, 0.1F});
const std::string kRow3 = "10 " + float_bytes({5, 6});

TEST_F(LoadVectors, BinaryWithAndWithoutNewlines) {
  const std::vector<std::string> files = {
      "3 2\n" + kRow1 + "\n" + kRow2 + "\n" + kRow3 + "\n",  // word2vec.c
      "3 2\n" + kRow1 + kRow2 + kRow3,                       // gensim
      "3 2\n\n" + kRow1 + "\n" + kRow2 + "\n" + kRow3,       // a newline before each row
  };
  for (const std::string& file : files) {
    const WordVectors v = load(file);
    EXPECT_THAT(v.words, ElementsAre("the", "of", "10"));
    EXPECT_THAT(values_of(v), ElementsAre(1, 2, -3, 0.1F, 5, 6));
    for (std::int64_t r = 0; r < 3; ++r) EXPECT_EQ(v.vectors.row(r)[2], 0.0F);
  }
  for (const char* end : {"", "\n"}) EXPECT_THAT(load("1 2\n" + kRow1 + end).words, ElementsAre("the"));
}

TEST_F(LoadVectors, BinaryNewlinesMayBeMissing) {
  for (const std::string& file :
       {"3 2\n" + kRow1 + "\n" + kRow2 + kRow3 + "\n", "3 2\n" + kRow1 + "\n" + kRow2 + "\n" + kRow3,
        "3 2\n" + kRow1 + kRow2 + kRow3 + "\n", "3 2\n\n" + kRow1 + "\n" + kRow2 + "\n" + kRow3 + "\n"})
    EXPECT_THAT(values_of(load(file)), ElementsAre(1, 2, -3, 0.1F, 5, 6));
  EXPECT_THAT(complaint("3 2\n" + kRow1 + "\n" + kRow2 + "\n" + kRow3 + "\n\n"), HasSubstr("1 bytes follow"));
}

TEST_F(LoadVectors, TextOfAllWriters) {
  const std::vector<std::string> files = {
      "2 3\nthe 0.5 -1e-3 2\nof 1 .25 3.\n",              // gensim, warp2vec
      "2 3\nthe 0.5 -1e-3 2 \nof 1 .25 3. \n",            // word2vec.c and fastText: a space at the end
      "2 3\r\nthe 0.5 -1e-3 2\r\nof 1 .25 3. \r\n",       // CRLF
      "2 3 \nthe 5e-1 -0.001 2.000000  \nof 1 0.25 3 \n"  // a space after the header
  };
  for (const std::string& file : files) {
    const WordVectors v = load(file);
    EXPECT_THAT(v.words, ElementsAre("the", "of"));
    EXPECT_THAT(values_of(v), ElementsAre(0.5F, -1e-3F, 2, 1, 0.25F, 3));
    // GloVe's is the same without the first line.
    const WordVectors glove = load(file.substr(file.find('\n') + 1));
    EXPECT_EQ(glove.words, v.words);
    EXPECT_EQ(bits_of(glove), bits_of(v));
  }
}

TEST_F(LoadVectors, TextThatCouldBeBinaryIsText) {
  // Four characters for each float: these fit word2vec's binary layout to the byte.
  EXPECT_THAT(values_of(load("1 1\nw 0.25\n")), ElementsAre(0.25F));
  EXPECT_THAT(values_of(load("2 1\na 0.25\nb 1.50\n")), ElementsAre(0.25F, 1.5F));
  EXPECT_THAT(values_of(load("2 1\n1 0.2\n2 1.5\n")), ElementsAre(0.2F, 1.5F));
  EXPECT_THAT(values_of(load("2 1\na 0.2\r\nb 1.5\r\n")), ElementsAre(0.2F, 1.5F));
  EXPECT_THAT(values_of(load("2 1\na 0.2 \nb 1.5 \n")), ElementsAre(0.2F, 1.5F));
  EXPECT_THAT(values_of(load("1 2\nw 0.5 0.25\n")), ElementsAre(0.5F, 0.25F));
  EXPECT_THAT(values_of(load("1 3\nw 1e-1 1e-2 1.5\n")), ElementsAre(0.1F, 0.01F, 1.5F));
}

TEST_F(LoadVectors, TextWithAMistakeIsNotReadAsBinary) {
  EXPECT_EQ(complaint("2 1\na 0.25\nb 0,50\n"), "line 3: value 1 is not a number: '0,50'");
  EXPECT_EQ(complaint("1 1\na -nan\n"), "line 2: value 1 is not a finite float: '-nan'");
}

TEST_F(LoadVectors, BinaryThatCouldBeTextIsBinary) {
  // One value per vector, some of them printable characters.
  EXPECT_THAT(values_of(load("1 1\nw " + float_bytes({0.25F}) + "\n")), ElementsAre(0.25F));
  EXPECT_THAT(values_of(load("2 1\n1 " + float_bytes({0}) + "2 " + float_bytes({1}))), ElementsAre(0, 1));
  const WordVectors v = load("2 1\na 0.25\nb " + float_bytes({1}) + "\n");
  EXPECT_EQ(float_bytes({v.vectors.row(0)[0]}), "0.25");
  EXPECT_EQ(v.vectors.row(1)[0], 1.0F);
  // Values that contain newlines and spaces.
  const std::string tricky = "\n\n\n\n    1 2\x01";
  EXPECT_EQ(float_bytes(values_of(load("2 3\nx " + tricky + "\ny " + tricky + "\n"))), tricky + tricky);
  EXPECT_EQ(float_bytes(values_of(load("2 3\nx " + tricky + "y " + tricky))), tricky + tricky);
}

TEST_F(LoadVectors, NumbersAsWords) {
  const WordVectors text = load("2 2\n7 3 4\n8 5 6\n");
  EXPECT_THAT(text.words, ElementsAre("7", "8"));
  const WordVectors glove = load("7 3 4\n8 5 6\n");
  EXPECT_THAT(glove.words, ElementsAre("7", "8"));
  EXPECT_THAT(values_of(glove), ElementsAre(3, 4, 5, 6));
  EXPECT_THAT(values_of(load("7 3.0\n8 4.0\n")), ElementsAre(3, 4));
  EXPECT_THAT(values_of(load("1 1\n1 1\n")), ElementsAre(1));
}

TEST_F(LoadVectors, AFirstLineOfTwoIntegersIsAHeader) {
  // As GloVe it would be a word with one value, but so would every truncated word2vec text.
  EXPECT_EQ(complaint("7 3\n8 4\n"), "line 1: the header says 7 vectors, but 1 lines follow");
  EXPECT_EQ(complaint("7 1\n8 4\n"), "line 1: the header says 7 vectors, but 1 lines follow");
  EXPECT_EQ(complaint("2 3"), "line 1: the header says 2 vectors, but 0 lines follow");
}

TEST_F(LoadVectors, HeadersThatLieAreRefusedBeforeAnythingIsAllocated) {
  const std::string text = "the 1 2\nof 3 4\n";
  const std::string binary = kRow1 + "\n" + kRow2 + "\n";
  EXPECT_EQ(complaint("2 2\n" + text), "");
  EXPECT_EQ(complaint("2 2\n" + binary), "");
  for (const char* counts : {"0 2", "2 0", "-2 2", "2 -2", "+2 2", "99999999999999999999 2", "2 2147483648",
                             "2 99999999999999999999", "-99999999999999999999 2"})
    for (const std::string& rows : {text, binary})
      EXPECT_EQ(
          complaint(counts + ("\n" + rows)),
          "line 1: expected the number of vectors and of their values, both at least 1 and the second at "
          "most 2147483647, but found '" +
              std::string(counts) + "'");
  const std::string most = std::to_string(std::int64_t{1} << 60);
  EXPECT_EQ(complaint(most + " 2\n" + text),
            "line 1: the header says 1152921504606846976 vectors, but 2 lines follow");
  EXPECT_EQ(
      complaint(most + " 2\n" + binary),
      "offset 0: the header says 1152921504606846976 vectors of 2 values, but no more than 2 fit into the "
      "file's 47 bytes");
  EXPECT_EQ(complaint("3 2\n" + text), "line 1: the header says 3 vectors, but 2 lines follow");
  EXPECT_EQ(complaint("1 2\n" + text), "line 1: the header says 1 vectors, but 2 lines follow");
  EXPECT_THAT(complaint("3 2\n" + binary), HasSubstr("the header says 3 vectors of 2 values"));
  EXPECT_EQ(complaint("1 2\n" + binary),
            "offset 17: expected the end of the file after 1 vectors, but 12 bytes follow");
  EXPECT_EQ(complaint("2 2147483647\n" + text), "line 2: found 2 values, expected 2147483647");
  EXPECT_THAT(complaint("2 2147483647\n" + binary), HasSubstr("but no more than 0 fit"));
  for (const char* counts : {"2 1", "2 3", "2 4"}) {
    EXPECT_NE(complaint(counts + ("\n" + text)), "") << counts;
    EXPECT_NE(complaint(counts + ("\n" + binary)), "") << counts;
  }
}

TEST_F(LoadVectors, ATruncatedFileIsNeverTakenForAWholeOne) {
  for (const VectorFormat format : kReadable) {
    const std::string path = folder_.path(to_string(format));
    save_vectors(sample_vectors(), path, format);
    const std::string whole = folder_.read(path);
    ASSERT_EQ(bits_of(load_vectors(path)), bits_of(sample_vectors()));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      folder_.write(path, whole.substr(0, size));
      // A GloVe file does not say how many lines it should have.
      const bool at_line_end = format == VectorFormat::glove && size > 0 && whole[size - 1] == '\n';
      // Nothing is lost with the last newline of a binary file.
      const bool whole_rows = format == VectorFormat::binary && size == whole.size() - 1;
      const std::string message = thrown_message([&] { load_vectors(path); });
      EXPECT_EQ(message.empty(), at_line_end || whole_rows)
          << to_string(format) << " of " << size << " bytes";
      if (!message.empty()) {
        EXPECT_THAT(message, StartsWith(path));
      }
    }
  }
  // gensim's binary layout
  const std::string whole = "3 2\n" + kRow1 + kRow2 + kRow3;
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(complaint(whole.substr(0, size)), "") << size;
  EXPECT_EQ(complaint(""), "expected vectors, but the file is empty");
}

TEST_F(LoadVectors, ATruncatedListOfWordsIsRefused) {
  save_vectors(sample_vectors(), path_, VectorFormat::npy);
  const std::string whole = folder_.read(path_ + ".vocab");
  EXPECT_EQ(whole, "the\nκόσμος\na\n");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    folder_.write(path_ + ".vocab", whole.substr(0, size));
    EXPECT_THAT(thrown_message([&] { load_vectors(path_); }), StartsWith(path_ + ".vocab: ")) << size;
  }
  const auto complaint_with = [&](const char* words) {
    folder_.write(path_ + ".vocab", words);
    return thrown_message([&] { load_vectors(path_); });
  };
  EXPECT_EQ(complaint_with("a\nb\n"), path_ + ".vocab: found 2 words, expected 3, one for each vector");
  EXPECT_EQ(complaint_with("a\nb\nc\nd\n"),
            path_ + ".vocab: line 4: expected the end of the file: there are 3 vectors");
  EXPECT_EQ(complaint_with("a\n\nc\n"), path_ + ".vocab: line 2: the word is empty");
  EXPECT_EQ(complaint_with("the\r\nκόσμος\r\na\r\n"), "");
  std::filesystem::remove(path_ + ".vocab");
  EXPECT_EQ(thrown_message([&] { load_vectors(path_); }),
            "cannot read " + path_ + ".vocab: No such file or directory");
}

TEST_F(LoadVectors, WordsOfOtherVectorsAreRefused) {
  save_vectors(sample_vectors(), path_, VectorFormat::npy);
  folder_.write(path_ + ".vocab", "a\nb\na\n");
  EXPECT_THAT(thrown_message([&] { load_vectors(path_); }),
              StartsWith(path_ + ".vocab: these are not the words of the array: their checksum"));
  // numpy writes no checksum.
  std::string array = folder_.read(path_);
  std::replace(array.begin(), array.begin() + 128, '\t', ' ');
  folder_.write(path_, array);
  EXPECT_THAT(load_vectors(path_).words, ElementsAre("a", "b"));
  folder_.write(path_ + ".vocab", "a\nb\nc\n");
  EXPECT_EQ(load_vectors(path_).words.front(), "a");
}

TEST_F(LoadVectors, BytesAfterTheLastVectorAreRefused) {
  for (const VectorFormat format : kReadable) {
    save_vectors(sample_vectors(), path_, format);
    const std::string whole = folder_.read(path_);
    const bool text = format == VectorFormat::text || format == VectorFormat::glove;
    for (const char* more : {"x", "a 1 2 3", "\nthe 1 2 3\n"})
      EXPECT_NE(complaint(whole + more), "") << to_string(format) << " and " << more;
    // of text, the last empty lines
    EXPECT_EQ(complaint(whole + "\n").empty(), text) << to_string(format);
    EXPECT_NE(complaint(whole + '\0'), "");
  }
}

TEST_F(LoadVectors, EmptyWordsAreRefused) {
  EXPECT_EQ(complaint("2 2\n" + kRow1 + " " + float_bytes({1, 2})),
            "offset 16: vector 2 of 2: its word is empty");
  EXPECT_EQ(complaint("2 2\nthe 1.5 2\n 3.5 4\n"), "line 3: the word is empty");
  EXPECT_EQ(complaint("the 1.5 2\n 3.5 4\n"), "line 2: the word is empty");
  EXPECT_EQ(complaint("the 1.5 2\n\nof 1 2\n"),
            "line 2: expected a word and its values, but the line is empty");
}

TEST_F(LoadVectors, OfAWordsVectorsTheFirstIsReadAndOthersAreCounted) {
  const WordVectors binary = load("3 2\n" + kRow1 + kRow2 + "the " + float_bytes({8, 9}));
  EXPECT_THAT(binary.words, ElementsAre("the", "of"));
  EXPECT_THAT(values_of(binary), ElementsAre(1, 2, -3, 0.1F));
  EXPECT_EQ(binary.repeated, 1);
  const WordVectors text = load("b 1\na 2\nb 3\nc 4\nb 5\n");
  EXPECT_THAT(text.words, ElementsAre("b", "a", "c"));
  EXPECT_THAT(values_of(text), ElementsAre(1, 2, 4));
  EXPECT_EQ(text.repeated, 2);
}

TEST_F(LoadVectors, NumbersThatAreNotFiniteAreRefused) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float bad : {nan, infinity, -infinity, -nan})
    EXPECT_EQ(complaint("2 2\n" + kRow1 + "of " + float_bytes({1, bad})),
              "offset 23: value 2 of the vector is not finite");
  for (const std::string bad : {"nan", "NaN", "-nan", "inf", "-inf", "Infinity", "1e39", "-1e39", "1e400",
                                "+1e400", "1e99999999999999999999"})
    EXPECT_EQ(complaint("a 1 2\nb " + bad + " 1\n"), "line 2: value 1 is not a finite float: '" + bad + "'");
  // NumPy's file: header of 128 bytes, three rows of 12
  save_vectors(sample_vectors(), path_, VectorFormat::npy);
  std::string npy = folder_.read(path_);
  npy.replace(128 + 20, 4, float_bytes({nan}));
  EXPECT_EQ(complaint(npy), "offset 148: value 3 of the vector is not finite");
}

TEST_F(LoadVectors, TinyNumbersBecomeZero) {
  EXPECT_THAT(values_of(load("a 1e-46 -1e-60 1e-45 1e-330 -1e-99999999999999999999\n")),
              ElementsAre(0, 0, 1e-45F, 0, 0));
  EXPECT_THAT(values_of(load("a 0." + std::string(400, '0') + "1 0.0000000001e-400\n")), ElementsAre(0, 0));
}

TEST_F(LoadVectors, TheWrongNumberOfValuesIsNamedWithItsLine) {
  EXPECT_EQ(complaint("2 3\nthe 1 2 3\nof 1.5 2\n"), "line 3: found 2 values, expected 3");
  EXPECT_EQ(complaint("2 3\nthe 1 2 3\nof 1 2 3 4\n"), "line 3: found 4 values, expected 3");
  EXPECT_EQ(complaint("the 1 2 3\nof 1.5 2.5\n"), "line 1: found 3 values, expected 2");
  EXPECT_EQ(complaint("the 1 2 3\nof 1 2 3 4 5\n"), "line 2: found 5 values, expected 3");
  EXPECT_EQ(complaint("the\n"), "line 1: found 0 values, expected 1 to 2147483647");
}

TEST_F(LoadVectors, WhatIsNoNumberIsNamedWithItsLine) {
  for (const std::string bad : {"x", "1x", "+-1", "++1", "+", "0x10", "--1", "1e", "1,5", "."})
    EXPECT_EQ(complaint("a 1 2\nb 1 " + bad + "\n"), "line 2: value 2 is not a number: '" + bad + "'");
}

TEST_F(LoadVectors, WordsOfAnyLengthAndBytes) {
  std::string bytes;
  for (int c = 0; c < 256; ++c)
    if (c != ' ' && c != '\n') bytes += static_cast<char>(c);
  const std::string long_word(1 << 20, 'w');
  for (const std::string& word : {bytes, long_word}) {
    EXPECT_THAT(load("2 1\n" + word + " " + float_bytes({1}) + "\nx " + float_bytes({2}) + "\n").words,
                ElementsAre(word, "x"));
    EXPECT_THAT(load("2 1\n" + word + " 1.5\nx 2.5\n").words, ElementsAre(word, "x"));
    EXPECT_THAT(load(word + " 1.5\nx 2.5\n").words, ElementsAre(word, "x"));
  }
  // and messages stay short
  EXPECT_LT(complaint(long_word + " 1\n" + long_word + " 2\n").size(), 200U);
}

TEST_F(LoadVectors, FilesThatCannotBeReadAreNamed) {
  const std::string none = folder_.path("none");
  EXPECT_EQ(thrown_message([&] { load_vectors(none); }),
            "cannot read " + none + ": No such file or directory");
  EXPECT_EQ(thrown_message([&] { load_vectors(folder_.path()); }),
            "cannot read " + folder_.path() + ": it is a folder");
  EXPECT_EQ(thrown_message([] { load_vectors("/dev/null"); }),
            "cannot read /dev/null: it is not a regular file");
}

}  // namespace
}  // namespace warp2vec
