#include "host/cli/run/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <ctime>

namespace warp2vec::cli {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};
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

// Installs `handler`, unless the signal is ignored; the previous action is stored in `before`.
void install(int signal, void (*handler)(int), struct sigaction& before) {
  struct sigaction action {};
  action.sa_handler = handler;
  ::sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;  // reads and writes continue
  ::sigaction(signal, nullptr, &before);
  if (before.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);
}

// Called from a handler of `signal`.
void end_process(int signal) {
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

void handle(int signal) {
  std::int64_t first = 0;
  const std::int64_t time = now();
  if (caught_at.compare_exchange_strong(first, time)) {
    caught.store(signal);
  } else if (time - first >= kNanoseconds) {
    end_process(signal);
  }
}

}  // namespace

InterruptGuard::InterruptGuard() {
  static_assert(std::tuple_size_v<decltype(before_)> == kSignals.size());
  caught.store(0);
  caught_at.store(0);
  for (std::size_t i = 0; i < kSignals.size(); ++i) install(kSignals[i], handle, before_[i]);
}

InterruptGuard::~InterruptGuard() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &before_[i], nullptr);
}

int caught_signal() { return caught.load(); }

void stop_if_interrupted() {
  if (const int signal = caught_signal(); signal != 0) throw Interrupted(signal);
}

SaveRequestGuard::SaveRequestGuard() {
  save_requested.store(false);
  install(
      SIGUSR1, [](int) { save_requested.store(true); }, before_);
}

SaveRequestGuard::~SaveRequestGuard() { ::sigaction(SIGUSR1, &before_, nullptr); }

bool take_save_request() { return save_requested.exchange(false); }

ClosedPipesGuard::ClosedPipesGuard() { install(SIGPIPE, SIG_IGN, before_); }

ClosedPipesGuard::~ClosedPipesGuard() { ::sigaction(SIGPIPE, &before_, nullptr); }

}  // namespace warp2vec::cli
