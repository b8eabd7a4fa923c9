#include "host/evaluation/upper_case.h"

#include <gtest/gtest.h>

#include <string>

namespace warp2vec {
namespace {

TEST(UpperCase, MapsLettersOfAllScripts) {
  EXPECT_EQ(upper_case(""), "");
  EXPECT_EQ(upper_case("aZ-09_z"), "AZ-09_Z");
  EXPECT_EQ(upper_case("Müller"), "MÜLLER");
  EXPECT_EQ(upper_case("straße"), "STRASSE");
  EXPECT_EQ(upper_case("ﬁnden"), "FINDEN");
  EXPECT_EQ(upper_case("жизнь λόγος"), "ЖИЗНЬ ΛΌΓΟΣ");
  EXPECT_EQ(upper_case("ǆ ÿ ᾳ"), "Ǆ Ÿ ΑΙ");
  EXPECT_EQ(upper_case("國家 한국 😀"), "國家 한국 😀");
  EXPECT_EQ(upper_case("𐐨"), "𐐀");  // beyond 16 bits
}

TEST(UpperCase, KeepsWhatIsNotUtf8) {
  for (const std::string& bytes :
       {std::string("\xFF"), std::string("\xC3"), std::string("\x80\x80"), std::string("\xC1\xA1"),
        std::string("\xE0\x80\xA1"), std::string("\xED\xA0\x80"), std::string("\xF4\x90\x80\x80"),
        std::string("\xE2\x82"), std::string("\0", 1)})
    EXPECT_EQ(upper_case("a" + bytes + "b"), "A" + bytes + "B");
}

}  // namespace
}  // namespace warp2vec
