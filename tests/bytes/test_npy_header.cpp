#include "host/bytes/npy_header.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace warp2vec {
namespace {

using testing::HasSubstr;

const std::string kPath = "vectors.npy";

// A file of version 1.0 with this dictionary and 24 bytes of values.
std::string file_with(const std::string& dictionary) {
  std::string bytes = "\x93NUMPY\x01";
  bytes += '\0';
  bytes += static_cast<char>(dictionary.size() % 256);
  bytes += static_cast<char>(dictionary.size() / 256);
  return bytes + dictionary + std::string(24, '\0');
}

NpyHeader read(const std::string& bytes) { return read_npy_header({kPath, bytes}); }

std::string complaint(const std::string& bytes) {
  return thrown_message([&] { read(bytes); });
}

TEST(NpyHeader, IsWrittenAsNumpyDoesWithAChecksumInItsBlanks) {
  const std::string header = make_npy_header(3, 2, 0x80000005);
  std::string expected = "\x93NUMPY\x01";
  expected += std::string("\0\x76\0", 3);
  expected += "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }";
  expected.resize(94, ' ');
  expected += "\t\t                            \t \t\n";
  EXPECT_EQ(header, expected);
  for (const std::int64_t rows : {1L, 10L, 99999L, 1L << 40, 1L << 62})
    for (const std::int32_t cols : {1, 300, 2147483647})
      EXPECT_EQ(make_npy_header(rows, cols, 1).size() % 64, 0U);
}

TEST(NpyHeader, ReadsWhatItWrites) {
  for (const std::uint32_t crc : {0U, 1U, 0x12345678U, 0xFFFFFFFFU}) {
    const NpyHeader header = read(make_npy_header(3, 2, crc) + std::string(24, '\0'));
    EXPECT_EQ(header.rows, 3);
    EXPECT_EQ(header.cols, 2);
    EXPECT_EQ(header.size, 128U);
    EXPECT_EQ(header.words_crc, crc);
  }
}

TEST(NpyHeader, ReadsOtherSpellingsOfTheSame) {
  for (const char* dictionary :
       {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }\n",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)}\n",
        "{'shape': (3, 2,), 'fortran_order': False, 'descr': '<f4'}      \n",
        "{\"shape\":(3,2),\"descr\":\"<f4\",\"fortran_order\":False}\n",
        " { 'descr' : '<f4' , 'fortran_order' : False , 'shape' : ( 3 , 2 ) , } \n"}) {
    EXPECT_EQ(complaint(file_with(dictionary)), "") << dictionary;
    EXPECT_EQ(read(file_with(dictionary)).rows, 3);
    EXPECT_EQ(read(file_with(dictionary)).words_crc, std::nullopt);
  }
}

TEST(NpyHeader, RefusesAllElse) {
  const std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }\n";
  const auto with = [&](const std::string& part, const std::string& instead) {
    std::string changed = good;
    return complaint(file_with(changed.replace(changed.find(part), part.size(), instead)));
  };
  for (const char* type : {"'>f4'", "'<f16'", "'|O'", "'<i4'", "'<f4 '", "''"})
    EXPECT_THAT(with("'<f4'", type), HasSubstr("expected the type '<f2', '<f4' or '<f8'")) << type;
  for (const char* order : {"0", "false", "'True'", "'False'"})
    EXPECT_THAT(with("False", order), HasSubstr("expected the fortran_order False")) << order;
  for (const char* shape : {"(3,)", "()", "(3)", "3, 2", "(3, 2, 1)", "(-3, 2)", "(0, 2)", "(3, 0)",
                            "(3L, 2L)", "(3, 2", "(99999999999999999999, 2)", "[3, 2]", "(3 2)"})
    EXPECT_NE(with("(3, 2)", shape), "") << shape;
  EXPECT_THAT(with("(3, 2)", "(3, 2147483648)"), HasSubstr("at most 2147483647"));
  for (const char* shape : {"(2, 2)", "(4, 2)", "(3, 1)", "(1, 7)", "(1152921504606846976, 2)",
                            "(9223372036854775807, 2147483647)", "(4611686018427387907, 2)"})
    EXPECT_THAT(with("(3, 2)", shape), HasSubstr("but 24 bytes follow it")) << shape;
  EXPECT_THAT(with("'descr'", "'other'"), HasSubstr("found 'other'"));
  EXPECT_THAT(with("'shape'", "'descr'"), HasSubstr("found 'descr'"));
  EXPECT_THAT(with("'shape': (3, 2), ", ""), HasSubstr("expected descr, fortran_order and shape"));
  EXPECT_THAT(with("'descr'", "descr"), HasSubstr("expected \""));
  EXPECT_THAT(with("'descr'", "'descr"), HasSubstr("expected"));
  EXPECT_THAT(with("}", ""), HasSubstr("expected"));
  EXPECT_THAT(with("}\n", "}"), HasSubstr("expected"));
  EXPECT_THAT(with("}\n", "}x\n"), HasSubstr("expected"));
  EXPECT_THAT(with("}\n", "}\n\n"), HasSubstr("expected the header to end"));
  EXPECT_NE(complaint(file_with("")), "");
}

TEST(NpyHeader, NamesFileAndOffset) {
  EXPECT_EQ(
      complaint(file_with("{'descr': '>f4'}\n")),
      "vectors.npy: offset 25: expected the type '<f2', '<f4' or '<f8' (little-endian float16, float32 or "
      "float64) before this");
}

TEST(NpyHeader, OnlyVersionOne) {
  std::string bytes = make_npy_header(3, 2, 7) + std::string(24, '\0');
  bytes[6] = 2;
  EXPECT_EQ(complaint(bytes), "vectors.npy: offset 6: expected version 1.0 of the .npy format");
}

TEST(NpyHeader, ALengthBeyondTheFileIsRefused) {
  std::string bytes = make_npy_header(3, 2, 7) + std::string(24, '\0');
  bytes[9] = '\xff';
  EXPECT_EQ(complaint(bytes), "vectors.npy: offset 152: the file ends inside the header");
}

}  // namespace
}  // namespace warp2vec
