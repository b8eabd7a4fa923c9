#pragma once
/// Progress display: a line that is rewritten on a terminal, a new line every few seconds elsewhere, or JSON.

#include <warp2vec/trainer.h>

#include "host/cli/flags/train_options.h"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>

namespace warp2vec::cli {

/// "epoch 2/5   43.2%  512,345 words/s  loss 2.3456  lr 0.01234  ETA 1m05s".
std::string format_progress(const Progress& progress, std::int32_t epochs);

/// "counting words   43.2%  12.3 MB of 28.5 MB  1,234,567 words  ETA 12 s".
std::string format_reading(const std::string& what, std::int64_t bytes, std::int64_t bytes_total,
                           std::int64_t tokens, double seconds);

class ProgressDisplay {
 public:
  enum class Style {
    silent,
    terminal,  ///< one line, rewritten at most ten times a second
    lines,     ///< a new line every few seconds, after the time in UTC
    json       ///< an object in each line, messages included
  };

  /// `width`: columns of the terminal, at which longer lines are truncated.
  ProgressDisplay(std::ostream& out, Style style, std::size_t width = 0,
                  std::chrono::steady_clock::duration line_interval = std::chrono::seconds(5));
  /// Clears a progress line that is still shown, so that an error message starts on its own line.
  ~ProgressDisplay() { clear(); }
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  /// For standard error, in the style that suits a terminal, a file or a pipe.
  static ProgressDisplay on_stderr(bool quiet, ProgressStyle style = ProgressStyle::automatic);

  bool silent() const { return style_ == Style::silent; }
  /// Shows the line, or the object that says the same, if enough time has passed since the last one.
  void show(const std::string& line, const nlohmann::json& object);
  void show(const std::string& line);
  /// Shows the line or the object unconditionally and keeps it.
  void show_last(const std::string& line, const nlohmann::json& object);
  /// Prints an object in the style json; else nothing.
  void tell(const nlohmann::json& object);
  /// Prints a message of one line, "warp2vec: ...", after clearing the progress line; see write_printable().
  void say(const std::string& message);
  /// The same without the program's name.
  void print(const std::string& line);

 private:
  void write(const std::string& line, const nlohmann::json& object);
  void clear();

  std::ostream* out_;
  Style style_;
  std::size_t width_;
  std::chrono::steady_clock::duration interval_;
  std::chrono::steady_clock::time_point last_;
  bool line_shown_ = false;  // on the terminal
};

}  // namespace warp2vec::cli
