#include <warp2vec/graph.h>

#include "host/bytes/byte_class.h"
#include "host/io/lines.h"
#include "host/vocabulary/word_table.h"

#include <charconv>
#include <cmath>
#include <string_view>
#include <system_error>
#include <utility>

namespace warp2vec {
namespace {

constexpr std::int64_t kLinesBetweenReports = 1 << 16;

// The fields of a line; empty ones only next to commas.
void split(std::string_view line, std::vector<std::string_view>& fields) {
  constexpr std::string_view kSpace = " \t\v\f\r";
  constexpr std::string_view kSeparators = " \t\v\f\r,";
  const auto skip_space = [&] { line.remove_prefix(std::min(line.find_first_not_of(kSpace), line.size())); };
  fields.clear();
  skip_space();
  while (!line.empty()) {
    const std::size_t end = std::min(line.find_first_of(kSeparators), line.size());
    fields.push_back(line.substr(0, end));
    line.remove_prefix(end);
    skip_space();
    if (!line.starts_with(',')) continue;
    line.remove_prefix(1);
    skip_space();
    if (line.empty()) fields.push_back(line);
  }
}

class GraphReader {
 public:
  explicit GraphReader(const GraphFormat& format) : format_(format) {}

  void read(const std::string& path, const GraphProgress& progress) {
    TextLines lines(path);
    std::vector<std::string_view> fields;
    for (std::string_view line; lines.next(line);) {
      if (++lines_ % kLinesBetweenReports == 0 && progress) progress(lines_);
      split(line, fields);
      if (fields.empty() || fields.front().starts_with('#') || fields.front().starts_with('%')) continue;
      for (const std::string_view field : fields)
        if (field.empty() || field.find('\0') != std::string_view::npos) refuse(lines);
      if (format_.adjacency)
        add_neighbors(fields);
      else
        add_edge(fields, lines);
    }
  }

  NamedGraph take(const std::vector<std::string>& paths) {
    if (from_.empty())
      throw Error(paths.front() +
                  (paths.size() > 1 ? " and " + std::to_string(paths.size() - 1) + " more" : "") +
                  ": there is no edge");
    NamedGraph read;
    read.graph = Graph::of_edges(from_, to_, weights_, format_.directed, std::ssize(names_));
    read.names = std::move(names_);
    read.has_unread_weights = has_unread_weights_;
    return read;
  }

 private:
  [[noreturn]] void refuse(const TextLines& lines) const {
    lines.fail(format_.adjacency  ? "'node neighbour neighbour ...'"
               : format_.weighted ? "'node node weight', the weight a finite number, 0 or more"
                                  : "'node node' or 'node node weight'");
  }

  void add_edge(const std::vector<std::string_view>& fields, const TextLines& lines) {
    if (fields.size() != 3 && (format_.weighted || fields.size() != 2)) refuse(lines);
    if (format_.weighted) {
      float weight = 0;
      const char* const end = fields[2].data() + fields[2].size();
      const auto [at, error] = std::from_chars(fields[2].data(), end, weight);
      if (error != std::errc() || at != end || !(weight >= 0 && std::isfinite(weight))) refuse(lines);
      weights_.push_back(weight);
    }
    has_unread_weights_ = has_unread_weights_ || (!format_.weighted && fields.size() == 3);
    from_.push_back(node(fields[0]));
    to_.push_back(node(fields[1]));
  }

  void add_neighbors(const std::vector<std::string_view>& fields) {
    const std::int32_t first = node(fields.front());
    for (std::size_t i = 1; i < fields.size(); ++i) {
      from_.push_back(first);
      to_.push_back(node(fields[i]));
    }
  }

  std::int32_t node(std::string_view name) {
    std::int64_t& number = numbers_.value_of(name);  // + 1
    if (number == 0) {
      if (std::ssize(names_) + 1 >= kMaxVocabulary)
        throw Error("more than " + std::to_string(names_.size()) + " nodes");
      names_.emplace_back(name);
      number = std::ssize(names_);
    }
    return static_cast<std::int32_t>(number - 1);
  }

  const GraphFormat format_;
  WordTable numbers_;
  std::vector<std::string> names_;
  std::vector<std::int32_t> from_;
  std::vector<std::int32_t> to_;
  std::vector<float> weights_;
  std::int64_t lines_ = 0;
  bool has_unread_weights_ = false;
};

}  // namespace

NamedGraph read_graph(const std::vector<std::string>& paths, const GraphFormat& format,
                      const GraphProgress& progress) {
  if (paths.empty()) throw Error("there is no file of a graph");
  if (format.adjacency && format.weighted) throw Error("an adjacency list has no weights");
  GraphReader reader(format);
  for (const std::string& path : paths) reader.read(path, progress);
  return reader.take(paths);
}

}  // namespace warp2vec
