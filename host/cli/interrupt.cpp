#include "interrupt.h"

#include <atomic>
#include <csignal>

namespace warp2vec::cli {
namespace {

std::atomic<int> caught{0};
static_assert(std::atomic<int>::is_always_lock_free, "needed in a signal handler");

void remember(int signal) { caught.store(signal); }

void set_handler(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  ::sigemptyset(&action.sa_mask);
  // Reads and writes go on; the second signal meets the default action.
  action.sa_flags = handler == SIG_DFL ? 0 : static_cast<int>(SA_RESTART | SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
}

}  // namespace

InterruptGuard::InterruptGuard() { set_handler(remember); }
InterruptGuard::~InterruptGuard() { set_handler(SIG_DFL); }

int caught_signal() { return caught.load(); }

void stop_if_interrupted() {
  if (const int signal = caught_signal(); signal != 0) throw Interrupted(signal);
}

}  // namespace warp2vec::cli
