#pragma once
/// What signals do: they end the program, request that it stops or saves at the next opportunity, or are
/// ignored.

#include <array>
#include <csignal>
#include <exception>
#include <span>

namespace warp2vec::cli {

enum class SignalAction {
  /// The process ends by any signal of a user or a batch system, but removes its temporary files.
  end,
  /// The first SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2 or SIGXCPU is only recorded, and further ones within
  /// a second are ignored: timeout(1) and others send two at once. A later one ends the process, except
  /// SIGXCPU, which comes every second.
  stop,
  /// SIGUSR1 is a request to save, reported by take_save_request().
  save,
  /// Writing to a pipe without a reader fails like other writes, instead of ending the process: the work
  /// matters more than its messages.
  ignore_closed_pipes,
  /// Exceeding the limit of 'ulimit -f' fails like writing to a full disk.
  ignore_file_limit
};

/// Applies an action during its lifetime. Signals that were ignored before stay ignored: nohup ignores
/// SIGHUP. Allocates no memory.
class SignalGuard {
 public:
  explicit SignalGuard(SignalAction action);
  ~SignalGuard();
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;

 private:
  std::span<const int> signals_;
  std::array<struct sigaction, 7> before_{};
};

/// The first signal since the last guard with SignalAction::stop was created, or 0.
int caught_signal();

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

}  // namespace warp2vec::cli
