#pragma once
/// Fields of the lines of evaluation files, which come with every separator.

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// In the order in which they are tried: a word may contain those that come later ("10,000 number 5.5",
/// "ice cream<tab>dessert<tab>8"). The space stands for any white space.
inline constexpr std::array kSeparators{'\t', ';', ',', ' '};

/// The fields of a line without blanks around them. Those in double quotes may contain the separator, and two
/// quotes there are one, as in CSV files.
std::vector<std::string> split_fields(std::string_view line, char separator);

}  // namespace warp2vec
