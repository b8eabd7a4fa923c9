#pragma once
/// The copies that one thread has begun and not waited for.

#include <cstddef>
#include <deque>
#include <vector>

namespace warp2vec::emulation {

/// Copies happen as late as they may: when their thread waits for them. Until then their destination holds
/// 0xFF bytes, NaN as numbers.
class PendingCopies {
 public:
  /// Of 16 bytes. Throws std::logic_error if an address is not a multiple of 16.
  void begin(void* to, const void* from);
  /// What was begun since the last call is a group.
  void end_group();
  /// For all groups but the last `groups`.
  void wait(std::size_t groups);
  /// Throws std::logic_error if there is a copy that nobody has waited for.
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

/// Of the thread that runs.
PendingCopies& pending_copies();

}  // namespace warp2vec::emulation
