#include "tests/emulation/pending_copies.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace warp2vec::emulation {
namespace {

constexpr std::size_t kBytes = 16;

void check_address(const void* address) {
  if (reinterpret_cast<std::uintptr_t>(address) % kBytes != 0)
    throw std::logic_error("copies 16 bytes at an address that is not a multiple of 16");
}

// Others may add to the values concurrently.
void perform(void* to, const void* from) {
  for (std::size_t i = 0; i < kBytes; i += sizeof(std::uint32_t)) {
    auto& source = *reinterpret_cast<std::uint32_t*>(const_cast<char*>(static_cast<const char*>(from)) + i);
    const std::uint32_t value = std::atomic_ref<std::uint32_t>(source).load(std::memory_order_relaxed);
    std::memcpy(static_cast<char*>(to) + i, &value, sizeof value);
  }
}

}  // namespace

void PendingCopies::begin(void* to, const void* from) {
  check_address(to);
  check_address(from);
  std::memset(to, 0xFF, kBytes);
  open_.push_back({to, from});
}

void PendingCopies::end_group() { groups_.push_back(std::exchange(open_, {})); }

void PendingCopies::wait(std::size_t groups) {
  for (; groups_.size() > groups; groups_.pop_front())
    for (const Copy& copy : groups_.front()) perform(copy.to, copy.from);
}

void PendingCopies::check_done() const {
  if (!open_.empty() ||
      std::any_of(groups_.begin(), groups_.end(), [](const Group& g) { return !g.empty(); }))
    throw std::logic_error("returns before a copy that it has begun is done");
}

void PendingCopies::forget() {
  groups_.clear();
  open_.clear();
}

}  // namespace warp2vec::emulation
