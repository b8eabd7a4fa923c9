#include "host/cli/terminal/text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <sstream>
#include <string>

namespace warp2vec::cli {
namespace {

TEST(CliText, Commas) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(2400000100), "2,400,000,100");
  EXPECT_EQ(with_commas(-1234), "-1,234");
  EXPECT_EQ(with_commas(-123), "-123");
  EXPECT_EQ(with_commas(INT64_MIN), "-9,223,372,036,854,775,808");
}

TEST(CliText, Bytes) {
  EXPECT_EQ(format_bytes(999), "999 bytes");
  EXPECT_EQ(format_bytes(1000), "1.00 kB");
  EXPECT_EQ(format_bytes(9994999), "9.99 MB");
  EXPECT_EQ(format_bytes(9995001), "10.0 MB");
  EXPECT_EQ(format_bytes(999499), "999 kB");
  EXPECT_EQ(format_bytes(999500), "1.00 MB");
  EXPECT_EQ(format_bytes(INT64_MAX), "9.22 EB");
}

TEST(CliText, Durations) {
  EXPECT_EQ(format_duration(0.44), "0.4 s");
  EXPECT_EQ(format_duration(9.96), "10 s");
  EXPECT_EQ(format_duration(59.6), "1m00s");
  EXPECT_EQ(format_duration(65), "1m05s");
  EXPECT_EQ(format_duration(7380), "2h03m");
  EXPECT_EQ(format_duration(100000), "1d03h");
  EXPECT_EQ(format_duration(std::nan("")), "?");
  EXPECT_EQ(format_duration(1e300), "over 100000 days");
}

TEST(CliText, DatesAreInUtc) {
  EXPECT_EQ(format_time(0, "%Y-%m-%dT%H:%M:%SZ"), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_time(1795910399, "%Y-%m-%d"), "2026-11-28");
}

TEST(CliText, Joining) {
  EXPECT_EQ(joined({}), "");
  EXPECT_EQ(joined({"a", "", "b"}), "a, , b");
  EXPECT_EQ(joined({"a", "b"}, " / "), "a / b");
}

TEST(CliText, WordsOfAShell) {
  EXPECT_EQ(shell_word("runs/v-1_2.bin"), "runs/v-1_2.bin");
  EXPECT_EQ(shell_word("größe"), "größe");
  EXPECT_EQ(shell_word("my vectors.bin"), "'my vectors.bin'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word("$(x)"), "'$(x)'");
  EXPECT_EQ(shell_word(""), "''");
}

TEST(CliText, Numbers) {
  EXPECT_EQ(format_significant(0.00012345, 4), "0.0001234");
  EXPECT_EQ(format_significant(0.5, 4), "0.5");
  EXPECT_EQ(format_significant(1.5e-9, 4), "1.5e-09");
  EXPECT_EQ(format_significant(0, 4), "0");
  EXPECT_EQ(format_real(0.001), "0.001");
  EXPECT_EQ(format_real(22), "22");
  EXPECT_EQ(format_fixed(2.34567, 4), "2.3457");
}

TEST(CliText, ShortTimes) {
  EXPECT_EQ(short_time(12.34e-9), "12.3 ns");
  EXPECT_EQ(short_time(999.9e-9), "1 us");
  EXPECT_EQ(short_time(4.567e-6), "4.57 us");
  EXPECT_EQ(short_time(0.0789), "78.9 ms");
  EXPECT_EQ(short_time(2), "2 s");
  EXPECT_EQ(short_time(1234), "1,234 s");
  EXPECT_EQ(short_time(1e-12), "0.001 ns");
}

TEST(CliText, ShortNumbers) {
  EXPECT_EQ(short_number(0.5), "0.5");
  EXPECT_EQ(short_number(100), "100");
  EXPECT_EQ(short_number(46'677), "46.7k");
  EXPECT_EQ(short_number(3'000'000), "3M");
  EXPECT_EQ(short_number(1'000'000), "1M");
}

TEST(CliText, FactorsHaveNoMoreDigitsThanTheyAreWorth) {
  EXPECT_EQ(factor_text(0.0143), "0.014");
  EXPECT_EQ(factor_text(0.997), "1.0");
  EXPECT_EQ(factor_text(24.31), "24.3");
  EXPECT_EQ(factor_text(99.96), "100");
  EXPECT_EQ(factor_text(1054.4), "1,050");
  EXPECT_EQ(factor_text(815'289), "815,000");
}

TEST(CliText, Wrapping) {
  EXPECT_EQ(wrap("aa bb cc", 5), "aa bb\ncc");
  EXPECT_EQ(wrap("aa bb cc", 4), "aa\nbb\ncc");
  EXPECT_EQ(wrap("longword a", 3), "longword\na");
  EXPECT_EQ(wrap("", 3), "");
}

TEST(CliText, PaddingCountsCodePoints) {
  EXPECT_EQ(pad_right("Ü", 3), "Ü  ");
  EXPECT_EQ(pad_right("abcd", 3), "abcd");
  EXPECT_EQ(display_width("日本"), 2U);
}

TEST(CliText, TerminalsObeyNothingInIt) {
  EXPECT_EQ(printable("κόσμος 日本 it's 100%\\n"), "κόσμος 日本 it's 100%\\n");
  EXPECT_EQ(printable("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(printable(std::string("\0\t\n\r\x7f", 5)), "\\x00\\x09\\x0a\\x0d\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\xc2\\x9b31m");                              // C1's CSI
  EXPECT_EQ(printable("caf\xe9 \x9b"), "caf\\xe9 \\x9b");  // not UTF-8
  EXPECT_EQ(printable("a\u202Eb\u2066\u2028"), "a\\xe2\\x80\\xaeb\\xe2\\x81\\xa6\\xe2\\x80\\xa8");
  EXPECT_EQ(printable("می\u200Cخواهم"), "می\u200Cخواهم");  // a joiner is part of the word
  std::ostringstream out;
  write_printable(out, "a\x1b");
  EXPECT_EQ(out.str(), "a\\x1b");
}

TEST(CliText, NearestCandidate) {
  EXPECT_EQ(nearest("--dimm", {"--dim", "--window"}), "--dim");
  EXPECT_EQ(nearest("neighbours", {"neighbors", "analogy"}), "neighbors");
  EXPECT_EQ(nearest("xyzxyzxyz", {"neighbors", "analogy"}), "");
}

}  // namespace
}  // namespace warp2vec::cli
