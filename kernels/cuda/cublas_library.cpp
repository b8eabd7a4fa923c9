#include <warp2vec/error.h>

#include "kernels/cuda/cublas.h"

#include <cuda_runtime_api.h>
#include <dlfcn.h>

#include <string>

namespace warp2vec {
namespace {

// The toolkit's own version first; the functions used here are the same in all of them.
constexpr int kMajor = CUDART_VERSION / 1000;

class CublasLibrary {
 public:
  CublasLibrary() {
    const std::string names[] = {"libcublas.so." + std::to_string(kMajor), "libcublas.so.13",
                                 "libcublas.so.12", "libcublas.so"};
    for (const std::string& name : names)
      if (library_ == nullptr) library_ = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library_ == nullptr)
      throw Error("--loss softmax on a GPU needs NVIDIA's cuBLAS, and " + names[0] +
                  " was not found: install it, or name its folder in LD_LIBRARY_PATH, or use --device cpu");
    load(functions_.create, "cublasCreate_v2");
    load(functions_.destroy, "cublasDestroy_v2");
    load(functions_.set_stream, "cublasSetStream_v2");
    load(functions_.sgemm, "cublasSgemm_v2");
  }

  const CublasFunctions& functions() const { return functions_; }

 private:
  template <class Function>
  void load(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(library_, name));
    if (function == nullptr) throw Error(std::string("cuBLAS has no function ") + name);
  }

  void* library_ = nullptr;  // stays loaded until the program ends
  CublasFunctions functions_{};
};

}  // namespace

const CublasFunctions& cublas() {
  static const CublasLibrary library;
  return library.functions();
}

}  // namespace warp2vec
