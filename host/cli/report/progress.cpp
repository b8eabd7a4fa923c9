#include "host/cli/report/progress.h"

#include "host/cli/terminal/json_text.h"
#include "host/cli/terminal/text.h"

#include <nlohmann/json.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <iostream>

namespace warp2vec::cli {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr auto kTerminalInterval = std::chrono::milliseconds(100);
constexpr auto kJsonInterval = std::chrono::seconds(1);

std::string percent(std::int64_t done, std::int64_t total) {
  const double share = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 1;
  const std::string digits = format_fixed(100 * std::min(share, 1.0), 1);
  return std::string(digits.size() < 5 ? 5 - digits.size() : 0, ' ') + digits + "%";
}

// " ETA ...", extrapolated from the time that `done` of `total` took.
std::string eta(double seconds, std::int64_t done, std::int64_t total) {
  if (done <= 0 || done >= total) return "";
  return "  ETA " +
         format_duration(seconds * (static_cast<double>(total - done) / static_cast<double>(done)));
}

json message_json(const std::string& text) { return {{"type", "message"}, {"text", text}}; }

}  // namespace

std::string format_progress(const Progress& progress, std::int32_t epochs) {
  return "epoch " + std::to_string(progress.epoch + 1) + "/" + std::to_string(epochs) + "  " +
         percent(progress.tokens_done, progress.tokens_total) + "  " +
         with_commas(std::llround(progress.words_per_second)) + " words/s  loss " +
         format_fixed(progress.loss, 4) + "  lr " + format_fixed(progress.lr, 5) +
         eta(progress.seconds, progress.tokens_done, progress.tokens_total);
}

std::string format_reading(const std::string& what, std::int64_t bytes, std::int64_t bytes_total,
                           std::int64_t tokens, double seconds) {
  return what + "  " + percent(bytes, bytes_total) + "  " + format_bytes(bytes) + " of " +
         format_bytes(bytes_total) + "  " + with_commas(tokens) + " words" + eta(seconds, bytes, bytes_total);
}

ProgressDisplay::ProgressDisplay(std::ostream& out, Style style, std::size_t width,
                                 Clock::duration line_interval)
    : out_(&out),
      style_(style),
      width_(width),
      interval_(style == Style::terminal ? Clock::duration(kTerminalInterval) : line_interval),
      last_(Clock::now()) {}

ProgressDisplay ProgressDisplay::on_stderr(bool quiet, ProgressStyle style) {
  if (quiet) return {std::cerr, Style::silent};
  if (style == ProgressStyle::json) return {std::cerr, Style::json, 0, kJsonInterval};
  if (style == ProgressStyle::lines || ::isatty(STDERR_FILENO) == 0) return {std::cerr, Style::lines};
  struct winsize window {};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 1;
  return {std::cerr, Style::terminal, known ? std::size_t{window.ws_col} - 1 : 79};
}

void ProgressDisplay::show(const std::string& line) { show(line, message_json(line)); }

void ProgressDisplay::show(const std::string& line, const json& object) {
  if (style_ == Style::silent || Clock::now() - last_ < interval_) return;
  write(line, object);
  last_ = Clock::now();
}

void ProgressDisplay::show_last(const std::string& line, const json& object) {
  if (style_ == Style::silent) return;
  write(line, object);
  if (line_shown_) *out_ << '\n' << std::flush;
  line_shown_ = false;
  last_ = Clock::now();
}

void ProgressDisplay::tell(const json& object) {
  if (style_ != Style::json) return;
  write_json(*out_, object);
  *out_ << std::flush;
}

void ProgressDisplay::write(const std::string& line, const json& object) {
  if (style_ == Style::json) return tell(object);
  if (style_ == Style::lines) {
    *out_ << format_time(std::time(nullptr), "%Y-%m-%dT%H:%M:%SZ  ") << line << '\n' << std::flush;
    return;
  }
  // "\x1b[K" clears the rest of a longer previous line.
  *out_ << '\r' << line.substr(0, width_) << "\x1b[K" << std::flush;
  line_shown_ = true;
}

void ProgressDisplay::clear() {
  if (line_shown_) *out_ << "\r\x1b[K" << std::flush;
  line_shown_ = false;
}

void ProgressDisplay::say(const std::string& message) {
  if (style_ == Style::json) return tell(message_json(message));
  print("warp2vec: " + message);
}

void ProgressDisplay::print(const std::string& line) {
  if (style_ == Style::silent) return;
  if (style_ == Style::json) return tell(message_json(line));
  clear();
  write_printable(*out_, line);
  *out_ << '\n' << std::flush;
}

}  // namespace warp2vec::cli
