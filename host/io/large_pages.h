#pragma once
/// Memory that is accessed in random order. With small pages nearly every access would miss the TLB.

#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>

namespace warp2vec {

/// Aligned to a cache line; large memory is in huge pages, where the system has them. Null if there is none.
/// For std::free.
void* allocate_large_pages(std::size_t bytes);

/// Of standard containers.
template <class T>
struct LargePages {
  using value_type = T;

  LargePages() = default;
  template <class U>
  LargePages(const LargePages<U>&) {}  // NOLINT(google-explicit-constructor): as allocators are

  T* allocate(std::size_t count) {
    void* const memory = count > std::numeric_limits<std::size_t>::max() / sizeof(T)
                             ? nullptr
                             : allocate_large_pages(count * sizeof(T));
    if (memory == nullptr) throw std::bad_alloc();
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t) { std::free(memory); }

  bool operator==(const LargePages&) const = default;
};

}  // namespace warp2vec
