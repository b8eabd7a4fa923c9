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
  std::int64_t free_memory = 0;  ///< bytes, when queried; 0 = not queried
};

/// The usable GPUs of this machine, and why the others are not usable: "no NVIDIA driver ...", "no GPU ...",
/// "GPU 1 (Tesla K80, compute capability 3.7) is too old ...". find_cuda_devices() never throws:
/// every failure means "not usable". Querying free memory starts CUDA on every GPU, which takes a few hundred
/// MB of each until the program ends.
struct CudaDevices {
  std::vector<CudaDevice> usable;
  std::vector<std::string> problems;
};
WARP2VEC_EXPORT CudaDevices find_cuda_devices(bool with_free_memory = false);

/// Throws Error if NVIDIA's NCCL, by which several GPUs train together, is not found (libnccl.so.2, 2.14 or
/// later).
WARP2VEC_EXPORT void require_nccl();

/// The toolkit that this library was built with, and the architectures that it has kernels for: "13.0,
/// kernels for compute capability 7.5, 8.0, 9.0".
WARP2VEC_EXPORT std::string cuda_build();

/// What a run allocates on the GPU, planned before anything is allocated.
struct WARP2VEC_EXPORT CudaMemoryPlan {
  struct Item {
    std::string name;
    std::int64_t bytes = 0;
  };
  std::vector<Item> items;
  std::int64_t free = 0;         ///< free bytes on the device
  bool corpus_resident = false;  ///< the corpus stays on the device; else it is streamed in every epoch

  std::int64_t total() const;
};

/// GPU time, by the GPU's clock.
struct CudaSeconds {
  double kernels = 0;      ///< training kernels; for the full softmax including the wait for its pairs
  double subsampling = 0;  ///< 0 for the full softmax; for a streamed corpus including the wait for copies
};

/// A backend on one GPU. Device failures throw DeviceError with the call, file and line. It may be used from
/// any thread, by one at a time, and beside other backends on the same GPU or on others.
class WARP2VEC_EXPORT CudaBackend : public Backend {
 public:
  virtual const CudaDevice& device() const = 0;
  virtual const CudaMemoryPlan& memory() const = 0;
  /// How many centres are in flight, their gradients computed without each other's updates: as many as the
  /// corpus, the vocabulary and the device allow.
  virtual std::int64_t centres_in_flight() const = 0;
  /// How many of the device's multiprocessors that gives work.
  virtual int busy_multiprocessors() const = 0;
  /// Whether tiles are trained on tensor cores, with rows and gradients rounded to bfloat16 and sums in
  /// float. That takes Sharing::tile, tiles that fit into the device's shared memory, compute capability 8.0
  /// or above, and a build with code for such devices; otherwise a kernel without tensor cores trains.
  virtual bool tensor_cores() const = 0;
  /// GPU time so far: up to the last drain(), possibly a little later.
  virtual CudaSeconds kernel_seconds() const = 0;
};

/// The highest dim that a GPU trains.
inline constexpr std::int32_t kMaxCudaDim = 1024;

/// Throws Error if `device` is not usable (saying why), if dim is above kMaxCudaDim, or if the run does not
/// fit into its free memory (saying what is needed and what to change). `divided`: the run is divided among
/// ranks with a GPU each, whose memory then has room for merging; throws Error if NCCL is not found.
WARP2VEC_EXPORT std::unique_ptr<CudaBackend> make_cuda_backend(const TrainingData& data, int device = 0,
                                                               bool divided = false);

}  // namespace warp2vec
