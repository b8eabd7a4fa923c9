#include "host/cli/process/interrupt.h"

#include "host/io/temporary_files.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <tuple>

namespace warp2vec::cli {
namespace {

constexpr std::int64_t kNanoseconds = 1'000'000'000;  // per second

std::atomic<int> caught{0};
std::atomic<std::int64_t> caught_at{0};  // 0 = not yet
std::atomic<bool> save_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free &&
                  std::atomic<std::int64_t>::is_always_lock_free,
              "needed in a signal handler");

std::int64_t now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * kNanoseconds + time.tv_nsec;
}

// Called from a handler of `signal`.
void end_process(int signal) {
  remove_temporary_files();
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  ::sigemptyset(&usual.sa_mask);
  ::sigaction(signal, &usual, nullptr);
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  ::raise(signal);
  // The first process of a container does not receive signals with the default action.
  ::_exit(exit_status_of(signal));
}

void request_stop(int signal) {
  std::int64_t first = 0;
  const std::int64_t time = now();
  if (caught_at.compare_exchange_strong(first, time)) {
    caught.store(signal);
  } else if (time - first >= kNanoseconds && signal != SIGXCPU) {
    end_process(signal);
  }
}

void request_save(int) { save_requested.store(true); }

constexpr std::array kEnding{SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU, SIGQUIT};
constexpr std::array kStopping{SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU};
constexpr std::array kSaving{SIGUSR1};
constexpr std::array kClosedPipes{SIGPIPE};
constexpr std::array kFileLimit{SIGXFSZ};

using SignalHandler = void (*)(int);

std::span<const int> signals_of(SignalAction action) {
  switch (action) {
    case SignalAction::end:
      return kEnding;
    case SignalAction::stop:
      return kStopping;
    case SignalAction::save:
      return kSaving;
    case SignalAction::ignore_closed_pipes:
      return kClosedPipes;
    case SignalAction::ignore_file_limit:
      break;
  }
  return kFileLimit;
}

SignalHandler handler_of(SignalAction action) {
  switch (action) {
    case SignalAction::end:
      return end_process;
    case SignalAction::stop:
      return request_stop;
    case SignalAction::save:
      return request_save;
    case SignalAction::ignore_closed_pipes:
    case SignalAction::ignore_file_limit:
      break;
  }
  return SIG_IGN;
}

}  // namespace

SignalGuard::SignalGuard(SignalAction wanted) : signals_(signals_of(wanted)) {
  static_assert(std::tuple_size_v<decltype(before_)> == kEnding.size());
  if (wanted == SignalAction::stop) {
    caught.store(0);
    caught_at.store(0);
  }
  if (wanted == SignalAction::save) save_requested.store(false);
  struct sigaction action {};
  action.sa_handler = handler_of(wanted);
  ::sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;  // reads and writes continue
  for (std::size_t i = 0; i < signals_.size(); ++i) {
    ::sigaction(signals_[i], nullptr, &before_[i]);
    if (before_[i].sa_handler != SIG_IGN) ::sigaction(signals_[i], &action, nullptr);
  }
}

SignalGuard::~SignalGuard() {
  for (std::size_t i = 0; i < signals_.size(); ++i) ::sigaction(signals_[i], &before_[i], nullptr);
}

int caught_signal() { return caught.load(); }

void stop_if_interrupted() {
  if (const int signal = caught_signal(); signal != 0) throw Interrupted(signal);
}

bool take_save_request() { return save_requested.exchange(false); }

}  // namespace warp2vec::cli
