# Enables the CUDA language where WARP2VEC_CUDA asks for it and a toolkit is there, and sets warp2vec_has_cuda.
# A toolkit from 12.4 on; the GPU itself is needed only to run.
include(CheckLanguage)

set(warp2vec_has_cuda FALSE)

# Says why there is no CUDA; an error if it was asked for.
function(warp2vec_no_cuda why)
  if(WARP2VEC_CUDA STREQUAL "ON")
    message(FATAL_ERROR "WARP2VEC_CUDA=ON: ${why}")
  endif()
  message(STATUS "Without training on GPUs: ${why}")
endfunction()

if(WARP2VEC_CUDA STREQUAL "OFF")
  message(STATUS "Without training on GPUs: WARP2VEC_CUDA=OFF")
  return()
endif()
if(WARP2VEC_SANITIZE)
  warp2vec_no_cuda("the host's sanitizers do not see device code")
  return()
endif()

# The usual place of a toolkit that is not on PATH.
if(NOT CMAKE_CUDA_COMPILER AND NOT DEFINED ENV{CUDACXX} AND EXISTS /usr/local/cuda/bin/nvcc)
  find_program(warp2vec_nvcc nvcc PATHS /usr/local/cuda/bin)
  set(CMAKE_CUDA_COMPILER ${warp2vec_nvcc})
endif()
check_language(CUDA)
if(NOT CMAKE_CUDA_COMPILER)
  warp2vec_no_cuda("no CUDA compiler (nvcc) was found")
  return()
endif()
# Turing, Ampere and Hopper, each as machine code and as PTX, which the driver compiles for the GPUs between and after
# them. Their code differs: tensor cores are used from 8.0 on, and vector additions from 9.0 on. What the toolkit does
# not know is left out.
set(warp2vec_default_architectures 75 80 90)
execute_process(COMMAND ${CMAKE_CUDA_COMPILER} --list-gpu-arch OUTPUT_VARIABLE warp2vec_known_architectures ERROR_QUIET)
string(REGEX MATCHALL "compute_[0-9]+" warp2vec_known_architectures "${warp2vec_known_architectures}")
list(TRANSFORM warp2vec_known_architectures REPLACE "compute_" "")
foreach(architecture ${warp2vec_default_architectures})
  if(warp2vec_known_architectures AND NOT architecture IN_LIST warp2vec_known_architectures)
    list(REMOVE_ITEM warp2vec_default_architectures ${architecture})
  endif()
endforeach()
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES ${warp2vec_default_architectures}
      CACHE STRING "Compute capabilities to compile kernels for, without the dot, rising")
endif()
enable_language(CUDA)
if(CMAKE_CUDA_COMPILER_VERSION VERSION_LESS 12.4)
  warp2vec_no_cuda("CUDA ${CMAKE_CUDA_COMPILER_VERSION} is too old, 12.4 is needed")
  return()
endif()
find_package(CUDAToolkit REQUIRED)
find_path(warp2vec_cublas_headers cublas_v2.h HINTS ${CUDAToolkit_INCLUDE_DIRS} NO_DEFAULT_PATH)
find_path(warp2vec_curand_headers curand_philox4x32_x.h HINTS ${CUDAToolkit_INCLUDE_DIRS} NO_DEFAULT_PATH)
if(NOT warp2vec_cublas_headers OR NOT warp2vec_curand_headers)
  warp2vec_no_cuda("${CUDAToolkit_INCLUDE_DIRS} lacks the headers of cuBLAS or cuRAND")
  return()
endif()
message(STATUS "With training on GPUs: CUDA ${CMAKE_CUDA_COMPILER_VERSION}, kernels for ${CMAKE_CUDA_ARCHITECTURES}")
set(warp2vec_has_cuda TRUE)
