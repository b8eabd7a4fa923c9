#pragma once
/// What a user sees while the program works: one line that is rewritten on a terminal, a line now and then
/// elsewhere.

#include <warp2vec/trainer.h>

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
    lines      ///< a new line every few seconds
  };

  /// `width`: columns of the terminal; longer lines are cut there.
  ProgressDisplay(std::ostream& out, Style style, std::size_t width = 0,
                  std::chrono::steady_clock::duration line_interval = std::chrono::seconds(5));
  /// Clears a progress line that still stands, so that an error message starts on a line of its own.
  ~ProgressDisplay() { clear(); }
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  /// For standard error, as it is connected.
  static ProgressDisplay on_stderr(bool quiet);

  bool silent() const { return style_ == Style::silent; }
  /// Shows the line if enough time has passed since the last one.
  void show(const std::string& line);
  /// Shows the line in any case and leaves it standing.
  void show_last(const std::string& line);
  /// A message of its own, "warp2vec: ..."; the progress line is cleared before it.
  void say(const std::string& message);
  /// A line without the program's name before it.
  void print(const std::string& line);

 private:
  void write(const std::string& line);
  void clear();

  std::ostream* out_;
  Style style_;
  std::size_t width_;
  std::chrono::steady_clock::duration interval_;
  std::chrono::steady_clock::time_point last_;
  bool standing_ = false;  // a progress line is on the terminal
};

}  // namespace warp2vec::cli
