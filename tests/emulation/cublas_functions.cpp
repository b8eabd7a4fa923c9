// Where the library loads cuBLAS, the tests have the emulated one.
#include "kernels/cuda/cublas.h"

namespace warp2vec {

const CublasFunctions& cublas() {
  static constexpr CublasFunctions kFunctions{cublasCreate_v2, cublasDestroy_v2, cublasSetStream_v2,
                                              cublasSgemm_v2};
  return kFunctions;
}

}  // namespace warp2vec
