#include "host/text/tokenizer.h"

#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "host/text/tokenizer.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace warp2vec::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

HWY_INLINE TextBits bits_of(const char* text) {
  const hn::CappedTag<std::uint8_t, kTextBits> tag;
  const std::size_t lanes = hn::Lanes(tag);
  const auto newline = hn::Set(tag, '\n');
  const auto nul = hn::Zero(tag);
  TextBits bits{0, 0};
  for (std::size_t i = 0; i < kTextBits; i += lanes) {
    const auto bytes = hn::LoadU(tag, reinterpret_cast<const std::uint8_t*>(text) + i);
    const auto stop = hn::Or(hn::Eq(bytes, newline), hn::Eq(bytes, nul));
    // Tab to carriage return are consecutive.
    const auto control = hn::Lt(hn::Sub(bytes, hn::Set(tag, '\t')), hn::Set(tag, '\r' - '\t' + 1));
    const auto gap = hn::Or(hn::Or(control, hn::Eq(bytes, hn::Set(tag, ' '))), stop);
    std::uint64_t mask[2] = {0, 0};
    hn::StoreMaskBits(tag, hn::Not(gap), reinterpret_cast<std::uint8_t*>(&mask[0]));
    hn::StoreMaskBits(tag, stop, reinterpret_cast<std::uint8_t*>(&mask[1]));
    bits.words |= mask[0] << i;
    bits.stops |= mask[1] << i;
  }
  return bits;
}

void find_text_bits(std::string_view text, TextBits* bits) {
  for (; text.size() >= kTextBits; text.remove_prefix(kTextBits)) *bits++ = bits_of(text.data());
  if (text.empty()) return;
  char last[kTextBits];
  std::memset(last, ' ', sizeof last);
  std::memcpy(last, text.data(), text.size());
  *bits = bits_of(last);
}

}  // namespace warp2vec::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace warp2vec {

HWY_EXPORT(find_text_bits);

void find_text_bits(std::string_view text, TextBits* bits) {
  HWY_DYNAMIC_DISPATCH(find_text_bits)(text, bits);
}

}  // namespace warp2vec
#endif
