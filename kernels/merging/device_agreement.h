#pragma once
/// Merges the parameters of several ranks on their GPUs, as host/distributed/agreement.h does on the host.

#include <warp2vec/detail/bf16.h>
#include <warp2vec/trainer.h>
#include <warp2vec/types.h>

#include "kernels/cuda/device_memory.h"
#include "kernels/cuda/stream.h"
#include "kernels/merging/communicator.h"
#include "kernels/merging/merge_kernels.h"

#include <cstdint>
#include <vector>

namespace warp2vec {

class DeviceAgreement final : public Merging {
 public:
  /// Collective: the rows are on `device`, the current one, and the same on all ranks. All of these must
  /// outlive this. Keeps a copy of the rows on the device.
  DeviceAgreement(Ranks& ranks, int device, const CudaStream& stream,
                  const std::vector<MatrixView<float>>& floats, const std::vector<MatrixView<Bf16>>& bf16);
  ~DeviceAgreement() override;

  std::int64_t merge(std::int64_t rows) override;

 private:
  template <class Value>
  struct Part {
    MatrixView<Value> now;
    DeviceArray<Value> before;  // after the last merge
  };

  template <class Value>
  void add_part(const MatrixView<Value>& now, std::vector<Part<Value>>& parts);
  template <class Value>
  std::int64_t merge(const Part<Value>& part, std::int64_t rows);

  const int device_;
  const CudaStream& stream_;
  std::vector<Part<float>> floats_;
  std::vector<Part<Bf16>> bf16_;
  DeviceArray<float> steps_;  // of the rows that are merged at a time
  Communicator communicator_;
};

}  // namespace warp2vec
