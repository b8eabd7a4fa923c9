#pragma once
/// The NCCL functions that this project calls, between threads that each have a device of their own.

#include "kernels/cuda/nccl.h"

namespace warp2vec::emulation {

/// Communicators are not blocking: of each call that takes part in something, what it queues is in the stream
/// once the communicator's state is no longer that it is in progress. A sum waits in its stream for those of
/// all ranks.
///
/// fail_call() knows these functions by their names in NCCL, and makes "ncclAllReduce later" fail after the
/// call has returned.
const NcclFunctions& nccl_functions();

}  // namespace warp2vec::emulation
