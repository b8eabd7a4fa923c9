#pragma once
/// Fibers: a stack for each emulated thread, and switches between them that the sanitizers are notified of.

#include "tests/emulation/happens_before.h"

#include <boost/context/detail/fcontext.hpp>
#include <boost/context/stack_context.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace warp2vec::emulation {

/// Runs a function that can pause. To ThreadSanitizer fibers are threads, and switches do not synchronise
/// them.
class Fiber {
 public:
  /// `body` must neither return nor throw; its stack is freed without unwinding.
  explicit Fiber(std::function<void(Fiber&)> body);
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Called from outside, by any thread: starts the fiber, or makes its pause() return `message`. Returns the
  /// argument of the next pause().
  std::intptr_t resume(std::intptr_t message);
  /// Called from inside.
  std::intptr_t pause(std::intptr_t message);

 private:
  using Context = boost::context::detail::fcontext_t;
  using Arrival = boost::context::detail::transfer_t;

  static void enter(Arrival arrival);
  std::intptr_t arrive_inside(void* fake_stack, Arrival arrival);

  const std::function<void(Fiber&)> body_;
  const boost::context::stack_context stack_;

  // Used outside only.
  Context inside_;
  bool started_ = false;

  // Used inside only.
  Context outside_ = nullptr;
  const void* outside_stack_ = nullptr;
  std::size_t outside_stack_size_ = 0;

  std::atomic<void*> outside_strand_{nullptr};  // used by both sides; relaxed: no race, no ordering
  const Strand strand_;                         // declared last: it starts with the members above
};

}  // namespace warp2vec::emulation
