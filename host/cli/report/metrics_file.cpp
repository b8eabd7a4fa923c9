#include "host/cli/report/metrics_file.h"

#include <warp2vec/error.h>

#include "host/io/atomic_file.h"
#include "host/io/input_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace warp2vec::cli {

MetricsFile::MetricsFile(const std::string& path, bool append) : path_(path) {
  if (path.empty()) return;
  require_own_links(path);
  out_.open(path, std::ios::binary | (append ? std::ios::app : std::ios::trunc));
  if (!out_) throw Error("cannot write --metrics " + path + ": " + std::generic_category().message(errno));
}

std::int64_t MetricsFile::cut_behind(std::int64_t tokens) {
  if (!out_.is_open() || !std::filesystem::is_regular_file(path_)) return 0;
  const std::string content = read_whole(path_);
  std::size_t end = 0;  // of the lines that are kept
  std::size_t lines = 0;
  while (end < content.size()) {
    const std::size_t newline = content.find('\n', end);
    if (newline == std::string::npos) break;
    const nlohmann::json line =
        nlohmann::json::parse(content.begin() + static_cast<std::ptrdiff_t>(end),
                              content.begin() + static_cast<std::ptrdiff_t>(newline), nullptr, false);
    ++lines;
    if (!line.is_object() || !line.contains("type"))
      throw Error("--metrics " + path_ + ": line " + std::to_string(lines) +
                  " is not of a run's metrics, so nothing is added to it");
    if (line["type"] == "progress" && line.value("tokens_done", std::int64_t{0}) > tokens) break;
    end = newline + 1;
  }
  if (end == content.size()) return 0;
  std::error_code error;
  std::filesystem::resize_file(path_, end, error);
  if (error) throw Error("cannot shorten --metrics " + path_ + ": " + error.message());
  const std::string_view cut = std::string_view(content).substr(end);
  return std::count(cut.begin(), cut.end(), '\n') + (cut.ends_with('\n') ? 0 : 1);
}

void MetricsFile::write(const nlohmann::json& object) {
  if (!out_.is_open() || !failure_.empty()) return;
  // Paths and words may contain bytes that are not UTF-8, which JSON does not allow.
  out_ << object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n' << std::flush;
  if (!out_) failure_ = std::generic_category().message(errno);
}

}  // namespace warp2vec::cli
