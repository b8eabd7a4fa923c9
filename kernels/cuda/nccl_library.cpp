#include <warp2vec/error.h>

#include "kernels/cuda/nccl.h"

#include <dlfcn.h>

#include <string>

namespace warp2vec {
namespace {

class NcclLibrary {
 public:
  NcclLibrary() {
    library_ = dlopen("libnccl.so.2", RTLD_NOW | RTLD_LOCAL);
    if (library_ == nullptr)
      throw Error(
          "training on several GPUs needs NVIDIA's NCCL, and libnccl.so.2 was not found: install it, or name "
          "its folder in LD_LIBRARY_PATH");
    load(functions_.get_unique_id, "ncclGetUniqueId");
    load(functions_.comm_init_rank_config, "ncclCommInitRankConfig");
    load(functions_.comm_get_async_error, "ncclCommGetAsyncError");
    load(functions_.all_reduce, "ncclAllReduce");
    load(functions_.comm_destroy, "ncclCommDestroy");
    load(functions_.comm_abort, "ncclCommAbort");
    load(functions_.get_error_string, "ncclGetErrorString");
    load(functions_.get_last_error, "ncclGetLastError");
  }

  const NcclFunctions& functions() const { return functions_; }

 private:
  template <class Function>
  void load(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(library_, name));
    if (function == nullptr)
      throw Error(std::string("libnccl.so.2 has no function ") + name + ": NCCL 2.14 or later is needed");
  }

  void* library_ = nullptr;  // stays loaded until the program ends
  NcclFunctions functions_{};
};

}  // namespace

const NcclFunctions& nccl() {
  static const NcclLibrary library;
  return library.functions();
}

}  // namespace warp2vec
