#pragma once
/// The NCCL functions that merging on several GPUs needs, loaded at run time, and what they take: as nccl.h
/// of NCCL 2.14 declares it, which later versions accept. Toolkits have no nccl.h.

#include <cuda_runtime_api.h>

#include <cstddef>

struct ncclComm;

namespace warp2vec {

struct NcclId {
  char bytes[128];
};

/// ncclConfig_t, with its initializer's values.
struct NcclConfig {
  std::size_t size = sizeof(NcclConfig);
  unsigned magic = 0xCAFEBEEF;
  unsigned version = 21400;
  int blocking = 0;  ///< calls return at once, and the communicator's state says when they are done
};

/// Of ncclResult_t.
enum : int { kNcclSuccess = 0, kNcclInProgress = 7 };
/// Of ncclDataType_t and ncclRedOp_t.
inline constexpr int kNcclFloat32 = 7;
inline constexpr int kNcclSum = 0;

/// Their results are ncclResult_t.
struct NcclFunctions {
  int (*get_unique_id)(NcclId*);
  int (*comm_init_rank_config)(ncclComm**, int ranks, NcclId, int rank, NcclConfig*);
  int (*comm_get_async_error)(ncclComm*, int* state);
  int (*all_reduce)(const void* from, void* to, std::size_t count, int type, int operation, ncclComm*,
                    cudaStream_t);
  int (*comm_destroy)(ncclComm*);
  int (*comm_abort)(ncclComm*);
  const char* (*get_error_string)(int);
  const char* (*get_last_error)(ncclComm*);  ///< what the library says of it; may be empty
};

/// Loads NCCL on first use. Throws Error if it is not found, or older than 2.14.
const NcclFunctions& nccl();

}  // namespace warp2vec
