#pragma once
/// UTF-8 as RFC 3629 defines it, and words in messages.

#include <string>
#include <string_view>

namespace warp2vec {

/// False for stray, missing or superfluous continuation bytes, overlong forms, surrogates and code points
/// above U+10FFFF.
bool is_valid_utf8(std::string_view text);

/// `text` with every code point in upper case as in Unicode's default mapping, independently of the locale
/// ("straße" becomes "STRASSE"), like Python's str.upper(). Bytes that are not UTF-8 are unchanged.
std::string upper_case(std::string_view text);

/// A word for a message: in quotes, truncated between two characters if it is longer than 60 bytes.
std::string in_quotes(std::string_view word);

}  // namespace warp2vec
