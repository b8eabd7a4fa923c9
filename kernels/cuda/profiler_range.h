#pragma once
/// Names for NVIDIA's profilers (NVTX), which show them on a time line above the kernels and copies that the
/// host started meanwhile. Without a profiler a range costs two tests of a pointer; without the toolkit's
/// header nothing.

#if __has_include(<nvtx3/nvToolsExt.h>)
#include <nvtx3/nvToolsExt.h>
#define WARP2VEC_HAVE_NVTX
#endif

#include <string>

namespace warp2vec {

/// A range from construction to destruction; ranges may overlap.
class ProfilerRange {
 public:
#if defined(WARP2VEC_HAVE_NVTX)
  explicit ProfilerRange(const std::string& name) : id_(nvtxRangeStartA(name.c_str())) {}
  ~ProfilerRange() { nvtxRangeEnd(id_); }
#else
  explicit ProfilerRange(const std::string& /*name*/) {}
#endif
  ProfilerRange(const ProfilerRange&) = delete;
  ProfilerRange& operator=(const ProfilerRange&) = delete;

 private:
#if defined(WARP2VEC_HAVE_NVTX)
  nvtxRangeId_t id_;
#endif
};

}  // namespace warp2vec
