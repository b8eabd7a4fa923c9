#pragma once
/// UTF-8 as RFC 3629 defines it.

#include <string_view>

namespace warp2vec {

/// False for stray, missing or superfluous continuation bytes, overlong forms, surrogates and code points
/// above U+10FFFF.
bool is_valid_utf8(std::string_view text);

}  // namespace warp2vec
