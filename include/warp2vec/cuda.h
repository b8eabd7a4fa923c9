#pragma once
/// Training on NVIDIA GPUs. No CUDA header is needed to use this; it is implemented by the library
/// warp2vec::cuda.

#include <warp2vec/export.h>
#include <warp2vec/trainer.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace warp2vec {

/// A GPU that this build has kernels for.
struct CudaDevice {
  int index = 0;  ///< CUDA's own numbering, as in --device cuda:N
  std::string name;
  int major = 0;  ///< compute capability, for example 9.0
  int minor = 0;
  int multiprocessors = 0;
  std::int64_t memory = 0;       ///< bytes
  std::int64_t free_memory = 0;  ///< bytes, at the time of asking; 0 = not asked
};

/// The usable GPUs of this machine, and why others, or all, are not: "no NVIDIA driver ...", "no GPU ...",
/// "GPU 1 (Tesla K80, compute capability 3.7) is too old ...". Never throws: every failure means "not
/// usable". To ask for free memory starts CUDA on every GPU, which takes some hundred MB of each until the
/// program ends.
struct CudaDevices {
  std::vector<CudaDevice> usable;
  std::vector<std::string> problems;
};
WARP2VEC_EXPORT CudaDevices find_cuda_devices(bool with_free_memory = false);

/// The toolkit that built this library and the architectures that it has kernels for: "13.0, kernels for
/// compute capability 7.5, 8.0, 9.0".
WARP2VEC_EXPORT std::string cuda_build();

/// What a run allocates on the GPU, planned before anything is allocated.
struct WARP2VEC_EXPORT CudaMemoryPlan {
  struct Item {
    std::string name;
    std::int64_t bytes = 0;
  };
  std::vector<Item> items;
  std::int64_t free = 0;         ///< bytes that the device has free
  bool corpus_resident = false;  ///< the corpus is kept on the device; else it is streamed in every epoch

  std::int64_t total() const;
};

/// Seconds of the GPU, by its own clock.
struct CudaSeconds {
  double kernels = 0;      ///< in the kernels that train; of the full softmax with the wait for its pairs
  double subsampling = 0;  ///< 0 for the full softmax; of a streamed corpus with the wait for its copies
};

/// A backend on one GPU. Failures of the device throw DeviceError with the call, file and line.
class WARP2VEC_EXPORT CudaBackend : public Backend {
 public:
  virtual const CudaDevice& device() const = 0;
  virtual const CudaMemoryPlan& memory() const = 0;
  /// Centres whose gradients may be computed from the same values: as many as the corpus, the vocabulary and
  /// the device allow.
  virtual std::int64_t centres_in_flight() const = 0;
  /// Whether tiles are trained on tensor cores, from rows and gradients rounded to bfloat16 with sums in
  /// float: negative sampling alone, by tiles that fit into the shared memory of a device of compute
  /// capability 8.0 or above, if the build has code for such devices. Everything else is trained by plain
  /// code.
  virtual bool tensor_cores() const = 0;
  /// What training took so far: up to the last drain(), and perhaps a little later.
  virtual CudaSeconds kernel_seconds() const = 0;
};

/// The longest vectors that a GPU trains.
inline constexpr std::int32_t kMaxCudaDim = 1024;

/// Throws Error if `device` is not usable (saying why), if dim is above kMaxCudaDim, or if the run does not
/// fit into its free memory (saying what is needed and what to change).
WARP2VEC_EXPORT std::unique_ptr<CudaBackend> make_cuda_backend(const TrainingData& data, int device = 0);

}  // namespace warp2vec
