#pragma once
/// Sums over ranks of values on their GPUs, by NCCL.

#include <warp2vec/ranks.h>

#include "kernels/cuda/nccl.h"
#include "kernels/cuda/stream.h"

#include <cstdint>
#include <memory>
#include <string>

namespace warp2vec {

/// No call waits for a rank that has failed, if NCCL or Ranks::require_all() know of it: calls of NCCL return
/// at once, and are waited for here. All but the destructor throw DeviceError, naming this rank and the call,
/// or what Ranks throws.
class Communicator {
 public:
  /// Collective: each rank has made a GPU of its own the current device. `ranks` must outlive this.
  explicit Communicator(Ranks& ranks);
  /// Ends what was not waited for, or while an exception is thrown, also for the other ranks.
  ~Communicator();
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;

  /// Collective: queues the replacement of `size` values on the device by their sums over all ranks.
  void sum(float* values, std::int64_t size, const CudaStream& stream);
  /// Waits for the stream's work, sums included.
  void wait(const CudaStream& stream);

 private:
  struct Abort {
    void operator()(ncclComm* communicator) const { nccl().comm_abort(communicator); }
  };

  void require(int result, const char* call) const;
  int state() const;
  void finish(int result, const char* call) const;

  Ranks& ranks_;
  std::unique_ptr<ncclComm, Abort> communicator_;
  bool waiting_ = false;  // for sums
};

}  // namespace warp2vec
