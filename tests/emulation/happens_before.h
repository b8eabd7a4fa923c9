#pragma once
/// Annotations of the order of events for ThreadSanitizer, which recognises neither fibers nor barriers.

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace warp2vec::emulation {

/// Everything before a release() happens before everything after a later acquire().
class HappensBefore {
 public:
#if defined(__SANITIZE_THREAD__)
  void release() { __tsan_release(&tag_); }
  void acquire() { __tsan_acquire(&tag_); }

 private:
  char tag_ = 0;
#else
  void release() {}
  void acquire() {}
#endif
};

/// A thread, as ThreadSanitizer sees it.
class Strand {
 public:
#if defined(__SANITIZE_THREAD__)
  Strand() : context_(__tsan_create_fiber(0)) {}
  ~Strand() { __tsan_destroy_fiber(context_); }
  void* context() const { return context_; }

  static void* current() { return __tsan_get_current_fiber(); }
  /// Does not synchronise. Inlined, since ThreadSanitizer tracks calls and returns in each strand.
  [[gnu::always_inline]] static void become(void* context) {
    __tsan_switch_to_fiber(context, __tsan_switch_to_fiber_no_sync);
  }

 private:
  void* const context_;

 public:
#else
  Strand() = default;
  void* context() const { return nullptr; }
  static void* current() { return nullptr; }
  static void become(void*) {}
#endif
  Strand(const Strand&) = delete;
  Strand& operator=(const Strand&) = delete;
};

}  // namespace warp2vec::emulation
