#include "kernels/merging/communicator.h"

#include <warp2vec/error.h>

#include "kernels/cuda/cuda_check.h"

#include <cstring>
#include <exception>
#include <string_view>
#include <thread>
#include <vector>

namespace warp2vec {
namespace {

// That of rank 0, known to all.
NcclId id_for_all(Ranks& ranks, const NcclId& own) {
  const std::string_view bytes(own.bytes, sizeof own.bytes);
  const std::vector<std::string_view> letters(static_cast<std::size_t>(ranks.size()),
                                              ranks.rank() == 0 ? bytes : std::string_view());
  NcclId id{};
  const std::string received = ranks.exchange(letters).front();
  if (received.size() != sizeof id.bytes)
    throw Error("rank 0 has sent an NCCL id of " + std::to_string(received.size()) + " bytes, expected " +
                std::to_string(sizeof id.bytes));
  std::memcpy(id.bytes, received.data(), received.size());
  return id;
}

}  // namespace

Communicator::Communicator(Ranks& ranks) : ranks_(ranks) {
  NcclId id{};
  if (ranks.rank() == 0) require(nccl().get_unique_id(&id), "ncclGetUniqueId");
  id = id_for_all(ranks, id);
  NcclConfig config;
  ncclComm* made = nullptr;
  const int result = nccl().comm_init_rank_config(&made, ranks.size(), id, ranks.rank(), &config);
  communicator_.reset(made);
  finish(result, "ncclCommInitRankConfig");
}

Communicator::~Communicator() {
  if (!waiting_ && std::uncaught_exceptions() == 0) nccl().comm_destroy(communicator_.release());
}

void Communicator::sum(float* values, std::int64_t size, const CudaStream& stream) {
  waiting_ = true;
  finish(nccl().all_reduce(values, values, static_cast<std::size_t>(size), kNcclFloat32, kNcclSum,
                           communicator_.get(), stream.get()),
         "ncclAllReduce");
}

void Communicator::wait(const CudaStream& stream) {
  for (;;) {
    const cudaError_t status = cudaStreamQuery(stream.get());
    if (status == cudaSuccess) break;
    if (status != cudaErrorNotReady) throw_cuda_error(status, "cudaStreamQuery", __FILE__, __LINE__);
    require(state(), "ncclAllReduce");
    ranks_.require_all();
    std::this_thread::yield();
  }
  waiting_ = false;
}

void Communicator::require(int result, const char* call) const {
  if (result == kNcclSuccess || result == kNcclInProgress) return;
  const std::string detail = nccl().get_last_error(communicator_.get());
  throw DeviceError("NCCL between rank " + std::to_string(ranks_.rank()) + " and the others: " +
                    nccl().get_error_string(result) + " in " + call + (detail.empty() ? "" : ": " + detail));
}

int Communicator::state() const {
  int state = kNcclSuccess;
  require(nccl().comm_get_async_error(communicator_.get(), &state), "ncclCommGetAsyncError");
  return state;
}

// Waits for a call that has returned `result`.
void Communicator::finish(int result, const char* call) const {
  require(result, call);
  while (result == kNcclInProgress) {
    result = state();
    require(result, call);
    ranks_.require_all();
    std::this_thread::yield();
  }
}

}  // namespace warp2vec
