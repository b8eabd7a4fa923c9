#pragma once
/// Ctrl-C and SIGTERM as a request to stop at the next good moment.

#include <exception>

namespace warp2vec::cli {

/// While one lives, the first SIGINT or SIGTERM is only remembered; a second one ends the process as usual.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

/// The signal that came, or 0.
int caught_signal();

/// Unwinds work that has nothing to save.
class Interrupted : public std::exception {
 public:
  explicit Interrupted(int signal) : signal_(signal) {}
  const char* what() const noexcept override { return "interrupted"; }
  int signal() const { return signal_; }

 private:
  int signal_;
};

/// Throws Interrupted if a signal came.
void stop_if_interrupted();

/// The exit status of a program that a signal ended: 130 for Ctrl-C, 143 for SIGTERM.
inline int exit_status_of(int signal) { return 128 + signal; }

}  // namespace warp2vec::cli
