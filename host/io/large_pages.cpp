#include "host/io/large_pages.h"

#include <sys/mman.h>

namespace warp2vec {

void* allocate_large_pages(std::size_t bytes) {
  constexpr std::size_t kCacheLine = 64;
  constexpr std::size_t kHugePage = std::size_t{1} << 21;
  const bool large = bytes >= kHugePage;
  void* memory = nullptr;
  if (::posix_memalign(&memory, large ? kHugePage : kCacheLine, bytes) != 0) return nullptr;
  if (large) ::madvise(memory, bytes, MADV_HUGEPAGE);  // a hint
  return memory;
}

}  // namespace warp2vec
