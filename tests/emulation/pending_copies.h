#pragma once
/// The asynchronous copies that one thread has started and not waited for.

#include <cstddef>
#include <deque>
#include <vector>

namespace warp2vec::emulation {

/// Copies happen as late as possible: when their thread waits for them. Until then their destination has 0xFF
/// bytes (NaN).
class PendingCopies {
 public:
  /// Starts a copy of 16 bytes. Throws std::logic_error if an address is not a multiple of 16.
  void begin(void* to, const void* from);
  /// Groups the copies started since the last call.
  void end_group();
  /// Waits for all groups except the last `groups`.
  void wait(std::size_t groups);
  /// Throws std::logic_error if there is a copy that was never waited for.
  void check_done() const;
  void forget();

 private:
  struct Copy {
    void* to;
    const void* from;
  };
  using Group = std::vector<Copy>;

  std::deque<Group> groups_;
  Group open_;
};

/// Of the running thread.
PendingCopies& pending_copies();

}  // namespace warp2vec::emulation
