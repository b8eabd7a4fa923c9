#pragma once
/// What a person reads: numbers, sizes, times, and text that a terminal must not obey.

#include <cstdint>
#include <ctime>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec::cli {

/// Writes `text`, which may come from a file or an argument, so that a terminal shows it and obeys nothing in
/// it: bytes other than printable_bytes() become "\x1b". Allocates nothing.
void write_printable(std::ostream& out, std::string_view text);

/// The same as a string.
std::string printable(std::string_view text);

/// 1234567 -> "1,234,567".
std::string with_commas(std::int64_t value);

/// Decimal units, three digits: 999 -> "999 bytes", 1234567 -> "1.23 MB".
std::string format_bytes(std::int64_t bytes);

/// "0.4 s", "59 s", "1m05s", "2h03m", "3d04h".
std::string format_duration(double seconds);

/// In UTC; `format` as for std::strftime: "%Y-%m-%d" -> "2026-11-23".
std::string format_time(std::time_t time, const char* format);

/// With a fixed number of decimals.
std::string format_fixed(double value, int decimals);

/// With at most `digits` significant digits, without trailing zeros: 0.00012345 -> "0.0001234", 1.5e-9 ->
/// "1.5e-09".
std::string format_significant(double value, int digits);

/// The shortest digits that read back to the same double: 0.001 -> "0.001".
std::string format_real(double value);

/// A factor: "0.14", "2.0", "24.3", "815,000".
std::string factor_text(double factor);

/// "12.3 ns", "4.56 us", "7.8 ms", "2.1 s"; seconds >= 0.
std::string short_time(double seconds);

/// 12345 -> "12.3k", 3000000 -> "3M".
std::string short_number(double value);

/// 5657405 -> "5,657": thousands, with one decimal below 100.
std::string thousands(double words);

/// {"a", "b"} -> "a, b".
std::string joined(const std::vector<std::string>& texts, const std::string& between = ", ");

/// Words separated by ASCII spaces.
std::vector<std::string> words_in(const std::string& text);

/// `text` as one word of a shell's command, in quotes only if it needs them.
std::string shell_word(const std::string& text);

/// Wraps at spaces so that no line is longer than `width`, unless a single word is.
std::string wrap(std::string_view text, std::size_t width);

/// Number of Unicode code points; bytes that are not UTF-8 count one each.
std::size_t display_width(std::string_view text);

/// `text` followed by spaces up to `width` code points.
std::string pad_right(std::string_view text, std::size_t width);

/// The candidate with the smallest edit distance to `word`; "" if none is close.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace warp2vec::cli
