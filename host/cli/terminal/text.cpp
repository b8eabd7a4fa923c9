#include "host/cli/terminal/text.h"

#include "host/bytes/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <numeric>
#include <sstream>

namespace warp2vec::cli {
namespace {

// Passes the printable form of `text` to `append`, piece by piece.
template <class Append>
void escape(std::string_view text, const Append& append) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  while (!text.empty()) {
    const std::size_t shown = printable_bytes(text);
    append(text.substr(0, shown));
    text.remove_prefix(shown);
    if (text.empty()) return;
    const auto byte = static_cast<unsigned char>(text.front());
    const std::array<char, 4> code{'\\', 'x', kDigits[byte / 16], kDigits[byte % 16]};
    append(std::string_view(code.data(), code.size()));
    text.remove_prefix(1);
  }
}

}  // namespace

void write_printable(std::ostream& out, std::string_view text) {
  escape(text, [&out](std::string_view piece) { out << piece; });
}

std::string printable(std::string_view text) {
  std::string out;
  escape(text, [&out](std::string_view piece) { out += piece; });
  return out;
}

std::string with_commas(std::int64_t value) {
  std::string digits = std::to_string(value);
  const std::size_t first = value < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string format_bytes(std::int64_t bytes) {
  if (bytes < 1000) return std::to_string(bytes) + " bytes";
  constexpr std::array<const char*, 6> units{"kB", "MB", "GB", "TB", "PB", "EB"};
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  // 999.5 would print as "1000"; the next unit shows it as 1.00.
  while (value >= 999.5 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  return format_fixed(value, value < 9.995 ? 2 : (value < 99.95 ? 1 : 0)) + " " + units[unit];
}

std::string format_duration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "?";
  if (seconds < 9.95) return format_fixed(seconds, 1) + " s";
  if (seconds > 8.64e9) return "over 100000 days";
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  const auto pair = [](std::int64_t high, const char* high_unit, std::int64_t low, const char* low_unit) {
    return std::to_string(high) + high_unit + (low < 10 ? "0" : "") + std::to_string(low) + low_unit;
  };
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3600) return pair(whole / 60, "m", whole % 60, "s");
  if (whole < 86400) return pair(whole / 3600, "h", whole % 3600 / 60, "m");
  return pair(whole / 86400, "d", whole % 86400 / 3600, "h");
}

std::string format_time(std::time_t time, const char* format) {
  std::tm utc{};
  std::array<char, 64> text{};
  ::gmtime_r(&time, &utc);
  return {text.data(), std::strftime(text.data(), text.size(), format, &utc)};
}

std::string format_fixed(double value, int decimals) {
  std::array<char, 400> buffer{};  // the largest double has 309 digits before the point
  const int length = std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, value);
  return {buffer.data(), static_cast<std::size_t>(length)};
}

std::string format_significant(double value, int digits) {
  std::array<char, 64> buffer{};
  const auto result =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::general, digits);
  return {buffer.data(), result.ptr};
}

std::string format_real(double value) {
  std::array<char, 32> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), result.ptr};
}

std::string factor_text(double factor) {
  if (factor < 0.995) return format_significant(factor, 2);
  if (factor < 99.95) return format_fixed(factor, 1);
  const double last_digit = std::pow(10, std::floor(std::log10(factor)) - 2);  // of three
  return with_commas(std::llround(std::round(factor / last_digit) * last_digit));
}

std::string short_time(double seconds) {
  const struct {
    double least;
    double unit;
    const char* name;
  } units[] = {{0.9995, 1, " s"}, {0.9995e-3, 1e-3, " ms"}, {0.9995e-6, 1e-6, " us"}, {0, 1e-9, " ns"}};
  for (const auto& unit : units) {
    if (seconds < unit.least) continue;
    const double value = seconds / unit.unit;
    return (value >= 999.5 ? with_commas(std::llround(value)) : format_significant(value, 3)) + unit.name;
  }
  return "?";
}

std::string short_number(double value) {
  if (value >= 999'950) return format_significant(value / 1e6, 3) + "M";
  if (value >= 1000) return format_significant(value / 1e3, 3) + "k";
  return format_significant(value, 3);
}

std::string thousands(double words) {
  const double value = words / 1000;
  return value < 99.95 ? format_fixed(value, 1) : with_commas(std::llround(value));
}

std::string joined(const std::vector<std::string>& texts, const std::string& between) {
  std::string out;
  for (const std::string& text : texts) out += (&text == texts.data() ? "" : between) + text;
  return out;
}

std::vector<std::string> words_in(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

std::string shell_word(const std::string& text) {
  constexpr std::string_view kSafe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:=+@%";
  const auto is_safe = [&](char c) {
    return kSafe.find(c) != std::string_view::npos || static_cast<unsigned char>(c) >= 0x80U;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_safe)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string wrap(std::string_view text, std::size_t width) {
  std::string out;
  std::size_t line = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line > 0 && line + 1 + word.size() > width) {
      out += '\n';
      line = 0;
    } else if (line > 0) {
      out += ' ';
      ++line;
    }
    out += word;
    line += word.size();
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string pad_right(std::string_view text, std::size_t width) {
  std::string out(text);
  const std::size_t used = display_width(text);
  if (used < width) out.append(width - used, ' ');
  return out;
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  const auto distance = [](std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i + 1;
      for (std::size_t j = 0; j < b.size(); ++j) {
        const std::size_t above = row[j + 1];
        row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1)});
        diagonal = above;
      }
    }
    return row.back();
  };
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 2) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t d = distance(word, candidate);
    if (d < best_distance) {
      best_distance = d;
      best = candidate;
    }
  }
  return best;
}

}  // namespace warp2vec::cli
