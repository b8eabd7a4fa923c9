#include "tests/emulation/fiber.h"

#include <boost/context/protected_fixedsize_stack.hpp>

#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace warp2vec::emulation {
namespace {

using boost::context::protected_fixedsize_stack;

// Only reserved: pages are allocated on first access.
constexpr std::size_t kStackBytes = std::size_t{256} << 10;

// AddressSanitizer must be notified before a switch and, on the other stack, after it.
void before_switch([[maybe_unused]] void** fake_stack, [[maybe_unused]] const void* bottom,
                   [[maybe_unused]] std::size_t size) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(fake_stack, bottom, size);
#endif
}

void after_switch([[maybe_unused]] void* fake_stack, [[maybe_unused]] const void** left_bottom,
                  [[maybe_unused]] std::size_t* left_size) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(fake_stack, left_bottom, left_size);
#endif
}

}  // namespace

Fiber::Fiber(std::function<void(Fiber&)> body)
    : body_(std::move(body)),
      stack_(protected_fixedsize_stack(kStackBytes).allocate()),
      inside_(boost::context::detail::make_fcontext(stack_.sp, stack_.size, enter)) {}

Fiber::~Fiber() {
  boost::context::stack_context stack = stack_;
  protected_fixedsize_stack(kStackBytes).deallocate(stack);
}

std::intptr_t Fiber::resume(std::intptr_t message) {
  outside_strand_.store(Strand::current(), std::memory_order_relaxed);
  const Context inside = inside_;
  void* const data = std::exchange(started_, true) ? reinterpret_cast<void*>(message) : this;
  void* fake_stack = nullptr;
  before_switch(&fake_stack, static_cast<const char*>(stack_.sp) - stack_.size, stack_.size);
  Strand::become(strand_.context());
  const Arrival arrival = boost::context::detail::jump_fcontext(inside, data);
  after_switch(fake_stack, nullptr, nullptr);
  inside_ = arrival.fctx;
  return reinterpret_cast<std::intptr_t>(arrival.data);
}

std::intptr_t Fiber::pause(std::intptr_t message) {
  const Context outside = outside_;
  void* fake_stack = nullptr;
  before_switch(&fake_stack, outside_stack_, outside_stack_size_);
  Strand::become(outside_strand_.load(std::memory_order_relaxed));
  return arrive_inside(fake_stack,
                       boost::context::detail::jump_fcontext(outside, reinterpret_cast<void*>(message)));
}

std::intptr_t Fiber::arrive_inside(void* fake_stack, Arrival arrival) {
  after_switch(fake_stack, &outside_stack_, &outside_stack_size_);
  outside_ = arrival.fctx;
  return reinterpret_cast<std::intptr_t>(arrival.data);
}

void Fiber::enter(Arrival arrival) {
  auto& fiber = *static_cast<Fiber*>(arrival.data);
  fiber.arrive_inside(nullptr, arrival);
  fiber.body_(fiber);
}

}  // namespace warp2vec::emulation
