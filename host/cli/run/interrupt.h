#pragma once
/// Ctrl-C and its like as a request to stop at the next good moment, and pipes that nobody reads any more.

#include <array>
#include <csignal>
#include <exception>

namespace warp2vec::cli {

/// While one lives, the first SIGINT, SIGTERM or SIGHUP is only remembered, and so are those that come within
/// a second of it: timeout(1) and others send two at once. One that comes later ends the process as usual.
/// Those that were ignored before (nohup ignores SIGHUP) stay ignored.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  std::array<struct sigaction, 3> before_{};
};

/// The signal that came first since the last InterruptGuard was made, or 0.
int caught_signal();

/// While one lives, SIGUSR1 is a request to save, which take_save_request() tells. One that was ignored
/// before stays ignored.
class SaveRequestGuard {
 public:
  SaveRequestGuard();
  ~SaveRequestGuard();
  SaveRequestGuard(const SaveRequestGuard&) = delete;
  SaveRequestGuard& operator=(const SaveRequestGuard&) = delete;

 private:
  struct sigaction before_ {};
};

/// Whether SIGUSR1 came since this was last asked.
bool take_save_request();

/// How to stop for good, for the user who has asked the program to stop.
inline constexpr const char* kHowToStopAtOnce =
    "another Ctrl-C more than a second after the first stops at once";

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

/// The exit status of a program that a signal ended: 129 for SIGHUP, 130 for Ctrl-C, 143 for SIGTERM.
inline int exit_status_of(int signal) { return 128 + signal; }

/// While one lives, writing to a pipe whose reader is gone fails as other writes do, instead of ending the
/// process: what is told on the way is less than the work.
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
