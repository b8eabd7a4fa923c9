#include "host/evaluation/fields.h"

#include "host/io/lines.h"

#include <algorithm>

namespace warp2vec {
namespace {

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \t") - begin + 1));
}

// The content of the quoted field with which `rest` begins; `rest` loses it, but for what follows its end.
std::string take_quoted(std::string_view& rest) {
  std::string field;
  rest.remove_prefix(1);
  while (!rest.empty()) {
    const bool quote = rest.front() == '"';
    if (quote && !rest.starts_with("\"\"")) {
      rest.remove_prefix(1);
      break;
    }
    field += rest.front();
    rest.remove_prefix(quote ? 2 : 1);
  }
  return field;
}

}  // namespace

std::vector<std::string> split_fields(std::string_view line, char separator) {
  if (separator == ' ') {
    const std::vector<std::string_view> words = split_at_whitespace(line);
    return {words.begin(), words.end()};
  }
  std::vector<std::string> fields;
  while (true) {
    std::string field;
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (line.starts_with('"')) field = take_quoted(line);
    const std::size_t end = line.find(separator);
    fields.push_back(trimmed(field + std::string(line.substr(0, end))));
    if (end == std::string_view::npos) return fields;
    line.remove_prefix(end + 1);
  }
}

}  // namespace warp2vec
