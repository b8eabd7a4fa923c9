// What libFuzzer calls; WARP2VEC_FUZZ_TARGET names the target.

#include "tests/fuzz/targets.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const warp2vec::fuzz::Target& target = warp2vec::fuzz::target(WARP2VEC_FUZZ_TARGET);
  target.read({reinterpret_cast<const char*>(data), size});
  return 0;
}
