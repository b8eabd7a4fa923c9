#include "host/bytes/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace warp2vec {
namespace {

std::string encode_utf8(unsigned code, int bytes) {
  static constexpr unsigned kLead[] = {0, 0, 0xC0, 0xE0, 0xF0};
  if (bytes == 1) return {static_cast<char>(code)};
  std::string text(static_cast<std::size_t>(bytes), '\0');
  for (int i = bytes - 1; i > 0; --i, code >>= 6)
    text[static_cast<std::size_t>(i)] = static_cast<char>(0x80 | (code & 0x3F));
  text[0] = static_cast<char>(kLead[bytes] | code);
  return text;
}

TEST(Utf8, EveryCodePointInItsShortestFormIsValidExceptSurrogates) {
  for (unsigned code = 0; code <= 0x10FFFF; ++code) {
    const int bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    ASSERT_EQ(is_valid_utf8(encode_utf8(code, bytes)), !surrogate) << std::hex << code;
  }
}

TEST(Utf8, OverlongFormsAndCodePointsBeyondUnicodeAreInvalid) {
  for (unsigned code = 0; code < 0x80; ++code) ASSERT_FALSE(is_valid_utf8(encode_utf8(code, 2)));
  for (unsigned code = 0; code < 0x800; ++code) ASSERT_FALSE(is_valid_utf8(encode_utf8(code, 3)));
  for (unsigned code = 0; code < 0x10000; ++code) ASSERT_FALSE(is_valid_utf8(encode_utf8(code, 4)));
  for (unsigned code = 0x110000; code <= 0x1FFFFF; ++code) ASSERT_FALSE(is_valid_utf8(encode_utf8(code, 4)));
}

TEST(Utf8, StrayAndMissingContinuationBytesAreInvalid) {
  EXPECT_TRUE(is_valid_utf8(""));
  EXPECT_TRUE(is_valid_utf8("na\xC3\xAFve"));
  EXPECT_FALSE(is_valid_utf8("na\xEFve"));  // Latin-1
  for (unsigned byte = 0x80; byte < 0x100; ++byte) {
    EXPECT_FALSE(is_valid_utf8(std::string(1, static_cast<char>(byte))));
    EXPECT_FALSE(is_valid_utf8("a" + std::string(1, static_cast<char>(byte)) + "b"));
  }
  for (const char* word : {"\xE4\xB8\xAD", "\xF0\x9F\x99\x82"}) {
    const std::string whole(word);
    for (std::size_t n = 1; n < whole.size(); ++n) {
      EXPECT_FALSE(is_valid_utf8(whole.substr(0, n)));
      EXPECT_FALSE(is_valid_utf8(whole.substr(0, n) + "abc"));
    }
    EXPECT_FALSE(is_valid_utf8(whole + "\x80"));
  }
}

TEST(Utf8, UpperCaseMapsLettersOfAllScripts) {
  EXPECT_EQ(upper_case(""), "");
  EXPECT_EQ(upper_case("aZ-09_z"), "AZ-09_Z");
  EXPECT_EQ(upper_case("Müller"), "MÜLLER");
  EXPECT_EQ(upper_case("straße"), "STRASSE");
  EXPECT_EQ(upper_case("ﬁnden"), "FINDEN");
  EXPECT_EQ(upper_case("жизнь λόγος"), "ЖИЗНЬ ΛΌΓΟΣ");
  EXPECT_EQ(upper_case("ǆ ÿ ᾳ ı"), "Ǆ Ÿ ΑΙ I");
  EXPECT_EQ(upper_case("國家 한국 😀"), "國家 한국 😀");
  EXPECT_EQ(upper_case("𐐨"), "𐐀");  // beyond 16 bits
}

TEST(Utf8, UpperCaseKeepsUpperCaseLettersThatFoldToOthers) {
  EXPECT_EQ(upper_case("ẞ İ"), "ẞ İ");
  EXPECT_EQ(upper_case("\u212A \u2126"), "\u212A \u2126");  // kelvin and ohm
}

TEST(Utf8, UpperCaseKeepsWhatIsNotUtf8) {
  for (const std::string& bytes :
       {std::string("\xFF"), std::string("\xC3"), std::string("\x80\x80"), std::string("\xC1\xA1"),
        std::string("\xE0\x80\xA1"), std::string("\xED\xA0\x80"), std::string("\xF4\x90\x80\x80"),
        std::string("\xE2\x82"), std::string("\0", 1)})
    EXPECT_EQ(upper_case("a" + bytes + "b"), "A" + bytes + "B");
}

TEST(Utf8, WhiteSpaceIsThatOfUnicode) {
  for (unsigned code = 0x80; code <= 0xFFFF; ++code) {
    // Unicode 15, White_Space.
    const bool is_space = code == 0x85 || code == 0xA0 || code == 0x1680 ||
                          (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 ||
                          code == 0x202F || code == 0x205F || code == 0x3000;
    const std::string encoded = encode_utf8(code, code < 0x800 ? 2 : 3);
    ASSERT_EQ(has_unicode_space("a" + encoded + "b"), is_space) << std::hex << code;
    std::string text = "a" + encoded + "b";
    blank_unicode_spaces(text.data(), text.size());
    ASSERT_EQ(text, "a" + (is_space ? std::string(encoded.size(), ' ') : encoded) + "b");
    ASSERT_FALSE(has_unicode_space(encoded.substr(0, encoded.size() - 1)));
  }
  EXPECT_FALSE(has_unicode_space("a b\t\n"));
  EXPECT_FALSE(has_unicode_space(""));
}

}  // namespace
}  // namespace warp2vec
