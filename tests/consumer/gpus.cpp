// With warp2vec::cuda: which GPUs can train, and why others cannot.
#include <warp2vec/cuda.h>

#include <iostream>

int main() {
  std::cout << "CUDA " << warp2vec::cuda_build() << "\n";
  const warp2vec::CudaDevices gpus = warp2vec::find_cuda_devices();
  for (const warp2vec::CudaDevice& gpu : gpus.usable) std::cout << gpu.name << "\n";
  for (const std::string& problem : gpus.problems) std::cout << problem << "\n";
  return gpus.usable.empty() == gpus.problems.empty() ? 1 : 0;
}
