#include "cli/bench/table.h"

#include "cli/text.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace warp2vec::cli::bench {
namespace {

constexpr const char* kNothing = "-";

std::string seconds_text(double seconds) { return format_fixed(seconds, seconds < 9.995 ? 2 : 1); }
std::string bytes_text(double bytes) { return format_bytes(std::llround(bytes)); }
std::string loss_text(double loss) { return format_fixed(loss, 4); }
std::string lead_text(double lead) { return format_fixed(lead, lead < 99.5 ? 1 : 0) + "x"; }

std::string median_text(const std::optional<Spread>& spread, std::string (*text)(double)) {
  return spread ? text(spread->median) : kNothing;
}

std::string phase_text(const Row& row, const std::string& phase) {
  const auto found = row.seconds.find(phase);
  return found == row.seconds.end() ? kNothing : seconds_text(found->second.median);
}

template <class Has>
bool any(const std::vector<Row>& rows, Has has) {
  return std::any_of(rows.begin(), rows.end(), has);
}

}  // namespace

std::string thousands(double words) {
  const double value = words / 1000;
  return value < 99.95 ? format_fixed(value, 1) : with_commas(std::llround(value));
}

std::string with_range(const std::optional<Spread>& spread, std::string (*text)(double)) {
  if (!spread) return kNothing;
  const std::string low = text(spread->min);
  const std::string high = text(spread->max);
  return low == high ? low : text(spread->median) + " (" + low + " to " + high + ")";
}

std::string quality_name(const std::string& key) {
  const std::size_t space = key.find(' ');
  const std::string file = key.substr(space + 1);
  return file.substr(0, file.rfind('.')) + (key.starts_with("spearman") ? " rho" : " right");
}

std::string quality_text(const std::string& key, double value) {
  if (!key.starts_with("spearman")) return format_fixed(100 * value, 1) + "%";
  return format_fixed(value, 3);
}

Table summary_table(const std::vector<Row>& rows) {
  const bool gpu = any(rows, [](const Row& row) { return row.gpu_memory.has_value(); });
  const bool lead = any(rows, [](const Row& row) { return row.lead_together.has_value(); });
  std::set<std::string> quality;
  for (const Row& row : rows)
    for (const auto& [key, spread] : row.quality) quality.insert(key);

  std::vector<std::string> header{
      "device", "loss", "dim", "words", "runs", "training, k words/s", "end to end, k words/s"};
  if (lead) header.insert(header.end(), {"GPU by CPU, training", "GPU by CPU, end to end"});
  for (const char* phase : kPhases) header.emplace_back(std::string(phase) + ", s");
  if (gpu) header.insert(header.end(), {"GPU kernels, s", "upload, s", "download, s"});
  header.insert(header.end(), {"together, s", "peak memory"});
  if (gpu) header.emplace_back("GPU memory");
  header.emplace_back("loss");
  for (const std::string& key : quality) header.push_back(quality_name(key));

  Table table{header};
  for (const Row& row : rows) {
    const std::string words = row.runs.empty() ? words_of(row.cell) : with_commas(row.runs[0].vocabulary);
    std::vector<std::string> line{row.cell.device,
                                  row.cell.loss,
                                  std::to_string(row.cell.dim),
                                  words,
                                  std::to_string(row.runs.size()) + (row.failure.empty() ? "" : " (failed)"),
                                  with_range(row.training, thousands),
                                  with_range(row.together, thousands)};
    if (lead) {
      line.push_back(with_range(row.lead_in_training, lead_text));
      line.push_back(with_range(row.lead_together, lead_text));
    }
    for (const char* phase : kPhases) line.push_back(phase_text(row, phase));
    if (gpu) {
      for (const char* phase : {kKernels, "upload", "download"})
        line.push_back(row.gpu_memory ? phase_text(row, phase) : kNothing);
    }
    line.push_back(phase_text(row, kTogether));
    line.push_back(median_text(row.peak_memory, bytes_text));
    if (gpu) line.push_back(median_text(row.gpu_memory, bytes_text));
    line.push_back(with_range(row.loss, loss_text));
    for (const std::string& key : quality) {
      const auto found = row.quality.find(key);
      if (found == row.quality.end()) {
        line.emplace_back(kNothing);
        continue;
      }
      const Spread& spread = found->second;
      const std::string low = quality_text(key, spread.min);
      const std::string high = quality_text(key, spread.max);
      const std::string median = quality_text(key, spread.median);
      line.push_back(low == high ? low : median + " (" + low + " to " + high + ")");
    }
    table.push_back(std::move(line));
  }
  return table;
}

std::string plain_text(const Table& table) {
  std::vector<std::size_t> widths;
  for (const std::vector<std::string>& row : table) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], display_width(row[c]));
  }
  std::string out;
  for (const std::vector<std::string>& row : table) {
    for (std::size_t c = 0; c < row.size(); ++c)
      out += c + 1 < row.size() ? pad_right(row[c], widths[c] + 2) : row[c];
    out += '\n';
  }
  return out;
}

}  // namespace warp2vec::cli::bench
