#pragma once
/// Upper case, so that words can be compared whatever their case.

#include <string>
#include <string_view>

namespace warp2vec {

/// `utf8` with every code point in upper case as in Unicode's default mapping ("straße" becomes "STRASSE"),
/// the same as Python's str.upper(). Bytes that are not UTF-8 stay as they are. A system without the locale
/// C.UTF-8 maps ASCII letters alone.
std::string upper_case(std::string_view utf8);

}  // namespace warp2vec
