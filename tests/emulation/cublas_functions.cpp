// Replaces the loading of cuBLAS by the emulated functions.
#include "kernels/cuda/cublas.h"

namespace warp2vec {

const CublasFunctions& cublas() {
  static constexpr CublasFunctions kFunctions{cublasCreate_v2, cublasDestroy_v2, cublasSetStream_v2,
                                              cublasSgemm_v2};
  return kFunctions;
}

}  // namespace warp2vec
