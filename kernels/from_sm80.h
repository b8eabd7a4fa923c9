#pragma once
/// W2V_FROM_SM80(statement) for instructions that devices from compute capability 8.0 on have. For older ones
/// their kernels are compiled, but never launched.

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
#define W2V_FROM_SM80(...) __VA_ARGS__
#else
#define W2V_FROM_SM80(...) __trap()
#endif
