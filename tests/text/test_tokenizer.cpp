#include "host/bytes/byte_class.h"
#include "host/text/tokenizer.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

void expect_classes(std::string_view text) {
  const std::size_t blocks = (text.size() + kTextBits - 1) / kTextBits;
  std::vector<TextBits> bits(blocks + 1, TextBits{7, 7});
  find_text_bits(text, bits.data());
  for (std::size_t i = 0; i < blocks * kTextBits; ++i) {
    const auto [words, stops] = bits[i / kTextBits];
    const ByteClass kind = i < text.size() ? byte_class(text[i]) : ByteClass::blank;
    ASSERT_EQ(words >> i % kTextBits & 1, kind == ByteClass::word ? 1U : 0U) << "byte " << i;
    ASSERT_EQ(stops >> i % kTextBits & 1, kind == ByteClass::newline || kind == ByteClass::nul ? 1U : 0U)
        << "byte " << i;
  }
  EXPECT_EQ(bits[blocks].words, 7U) << "written past the end";
}

TEST(TextBits, EveryByteHasItsClassInEveryPlace) {
  std::string text;
  for (int shift = 0; shift < 64; ++shift) {
    for (int byte = 0; byte < 256; ++byte) text += static_cast<char>(byte);
    text += 'x';
  }
  expect_classes(text);
}

TEST(TextBits, TextsOfAllLengthsAndAlignments) {
  std::mt19937 random(1);
  for (std::size_t size = 0; size < 200; ++size) {
    // Exactly sized, so that AddressSanitizer detects a read past the end.
    const std::size_t shift = size % 7;
    std::vector<char> text(shift + size);
    for (char& c : text) c = static_cast<char>(random() % 48);
    expect_classes(std::string_view(text.data() + shift, size));
  }
}

}  // namespace
}  // namespace warp2vec
