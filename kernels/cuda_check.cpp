#include "cuda_check.h"

#include <warp2vec/error.h>

#include <string>
#include <string_view>

namespace warp2vec {

void throw_cuda_error(cudaError_t error, const char* call, const char* file, int line) {
  std::string_view name(file);
  name = name.substr(name.find_last_of('/') + 1);
  throw DeviceError(std::string(cudaGetErrorString(error)) + " (" + cudaGetErrorName(error) + ") in " + call +
                    " at " + std::string(name) + ":" + std::to_string(line));
}

}  // namespace warp2vec
