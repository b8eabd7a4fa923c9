#pragma once
/// Turns Ctrl-C and similar signals into a request to stop at the next opportunity; and handles closed pipes.

#include <array>
#include <csignal>
#include <exception>

namespace warp2vec::cli {

/// During its lifetime the first SIGINT, SIGTERM or SIGHUP is only recorded, and further ones within a second
/// are ignored: timeout(1) and others send two at once. A later one ends the process as usual. Signals that
/// were ignored before (nohup ignores SIGHUP) stay ignored.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  std::array<struct sigaction, 3> before_{};
};

/// The first signal since the last InterruptGuard was created, or 0.
int caught_signal();

/// During its lifetime SIGUSR1 is a request to save, reported by take_save_request(), unless the signal was
/// ignored before.
class SaveRequestGuard {
 public:
  SaveRequestGuard();
  ~SaveRequestGuard();
  SaveRequestGuard(const SaveRequestGuard&) = delete;
  SaveRequestGuard& operator=(const SaveRequestGuard&) = delete;

 private:
  struct sigaction before_ {};
};

/// Whether SIGUSR1 arrived since the last call.
bool take_save_request();

/// Tells a user who has interrupted the program how to stop it immediately.
inline constexpr const char* kHowToStopAtOnce =
    "another Ctrl-C more than a second after the first stops at once";

/// Thrown to unwind work that has nothing to save.
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

/// The exit status of a program ended by a signal: 129 for SIGHUP, 130 for Ctrl-C, 143 for SIGTERM.
inline int exit_status_of(int signal) { return 128 + signal; }

/// During its lifetime, writing to a pipe without a reader fails like other writes, instead of ending the
/// process: the work matters more than its messages.
class ClosedPipesGuard {
 public:
  ClosedPipesGuard();
  ~ClosedPipesGuard();
  ClosedPipesGuard(const ClosedPipesGuard&) = delete;
  ClosedPipesGuard& operator=(const ClosedPipesGuard&) = delete;

 private:
  struct sigaction before_ {};
};

}  // namespace warp2vec::cli
