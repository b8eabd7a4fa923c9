#pragma once
/// UTF-8 as RFC 3629 defines it, and words in messages.

#include <cstddef>
#include <string>
#include <string_view>

namespace warp2vec {

/// False for stray, missing or superfluous continuation bytes, overlong forms, surrogates and code points
/// above U+10FFFF.
bool is_valid_utf8(std::string_view text);

/// `text` with every code point in upper case as in Unicode's default mapping, independently of the locale
/// ("straße" becomes "STRASSE"), like Python's str.upper(). Bytes that are not UTF-8 are unchanged.
std::string upper_case(std::string_view text);

/// Whether `text` contains a white-space character outside ASCII: the no-break and the ideographic space, ...
bool has_unicode_space(std::string_view text);

/// Replaces the bytes of such characters by spaces.
void blank_unicode_spaces(char* text, std::size_t bytes);

/// Length of the longest beginning of `text` that a terminal shows without obeying it: valid UTF-8 without
/// control characters (C0, DEL, C1), line and paragraph separators, and marks that reverse the direction of
/// what follows.
std::size_t printable_bytes(std::string_view text);

/// A word for a message: in quotes, truncated between two characters if it is longer than 60 bytes.
std::string in_quotes(std::string_view word);

}  // namespace warp2vec
