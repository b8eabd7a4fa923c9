#include "host/cli/flags/output_check.h"

#include "host/cli/flags/usage_error.h"
#include "host/compression/compression.h"
#include "host/io/atomic_file.h"
#include "host/text/text_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>

namespace warp2vec::cli {
namespace {

namespace fs = std::filesystem;

using FileId = std::pair<dev_t, ino_t>;

// A path and what it refers to now.
struct Place {
  explicit Place(const NamedPath& named)
      : flag(named.flag), path(named.path), looks_like_text(named.looks_like_text) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) {
      id = FileId(status.st_dev, status.st_ino);
      regular = S_ISREG(status.st_mode);
      folder = S_ISDIR(status.st_mode);
    }
    std::error_code ignored;
    // weakly_canonical does not make a relative path absolute if it does not exist.
    canonical = fs::weakly_canonical(fs::absolute(behind_links(path), ignored), ignored);
  }

  bool exists() const { return id.has_value(); }
  /// A device or a pipe.
  bool is_special() const { return exists() && !regular && !folder; }

  std::string flag;
  std::string path;
  bool looks_like_text = false;
  std::optional<FileId> id;
  bool regular = false;
  bool folder = false;
  fs::path canonical;  // without links; also if it does not exist
};

// The path from `folder` down to `path`; "" if it is not inside.
fs::path way_below(const fs::path& path, const fs::path& folder) {
  const auto [rest, end] = std::mismatch(path.begin(), path.end(), folder.begin(), folder.end());
  fs::path way;
  if (end != folder.end()) return way;
  for (auto part = rest; part != path.end(); ++part) way /= *part;
  return way;
}

bool is_hidden(const fs::path& way) {
  return std::any_of(way.begin(), way.end(),
                     [](const fs::path& part) { return part.native().starts_with('.'); });
}

bool is_same_file(const Place& a, const Place& b) {
  if (a.exists() || b.exists()) return a.id == b.id;
  return !a.canonical.empty() && a.canonical == b.canonical;
}

std::set<FileId> ids_of(const std::vector<std::string>& files) {
  std::set<FileId> ids;
  for (const std::string& file : files) {
    struct stat status {};
    if (::stat(file.c_str(), &status) == 0) ids.emplace(status.st_dev, status.st_ino);
  }
  return ids;
}

[[noreturn]] void refuse_same(const Place& output, const Place& other) {
  throw UsageError(output.flag + " and " + other.flag + " are the same file: " + output.path);
}

void check_against_texts(const Place& output, const Place& folder, const std::set<FileId>& texts) {
  if (output.exists() && texts.contains(*output.id)) refuse_same(output, folder);
  const fs::path way = way_below(output.canonical, folder.canonical);
  if (output.looks_like_text && !way.empty() && !is_hidden(way))
    throw UsageError(output.flag + " " + output.path + " would be taken for a text in the folder " +
                     folder.flag + " " + folder.path + ": give another place");
}

void check_against(const Place& output, const Place& other) {
  if (output.folder && !way_below(other.canonical, output.canonical).empty())
    throw UsageError(other.flag + " " + other.path + " is in a folder that " + output.flag +
                     " writes to: " + output.path);
  if (is_same_file(output, other)) refuse_same(output, other);
}

}  // namespace

void add_output_flag(Flags& flags, const std::string& flag, std::string& path, const std::string& help) {
  flags.custom(
      flag, "FILE", [&path](const std::string& text) { path = text == "-" ? kStandardOutput : text; },
      help + " '-' is standard output.");
}

void refuse_compressed(const std::vector<NamedPath>& outputs) {
  for (const NamedPath& output : outputs)
    if (compression_of_name(output.path) != Compression::none)
      throw UsageError(output.flag + " " + output.path +
                       ": this file is not compressed, expected a name that does not say so");
}

std::vector<NamedPath> named(const std::string& flag, const std::vector<std::string>& paths) {
  std::vector<NamedPath> all;
  all.reserve(paths.size());
  for (const std::string& path : paths) all.push_back({flag, path});
  return all;
}

std::vector<std::string> paths_of(const std::vector<NamedPath>& files) {
  std::vector<std::string> paths;
  paths.reserve(files.size());
  for (const NamedPath& file : files) paths.push_back(file.path);
  return paths;
}

void check_distinct(const std::vector<NamedPath>& outputs, const std::vector<NamedPath>& inputs) {
  std::vector<Place> written;
  for (const NamedPath& output : outputs) {
    if (output.path == "-")
      throw UsageError(output.flag + " -: expected the name of a file: standard output cannot take this one");
    written.emplace_back(output);
    if (written.back().is_special()) written.pop_back();
  }
  std::vector<Place> read;
  for (const NamedPath& input : inputs)
    read.emplace_back(NamedPath{input.flag, input.path == "-" ? "/dev/stdin" : input.path});
  for (std::size_t i = 0; i < written.size(); ++i) {
    for (const Place& input : read) check_against(written[i], input);
    for (std::size_t before = 0; before < i; ++before) check_against(written[i], written[before]);
  }
  for (const Place& input : read) {
    if (!input.folder) continue;
    const std::set<FileId> texts = ids_of(files_in(input.path).texts);
    for (const Place& output : written) check_against_texts(output, input, texts);
  }
}

}  // namespace warp2vec::cli
