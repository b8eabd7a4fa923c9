cmake_minimum_required(VERSION 3.22)
# Fails if GPUs would not get suitable kernels: by default a build is for 75, 80 and 90, as far as the toolkit supports
# them; the library has code for each of its architectures; and in the PTX, from which the machine code is generated, the
# tile kernels use tensor cores for each architecture from 80 on, and no kernel traps. DEFAULT: the default architectures.
# KNOWN: those of the toolkit; may be empty. ARCHITECTURES: as in CMAKE_CUDA_ARCHITECTURES. LIBRARY: the library.
# CUOBJDUMP: the toolkit's program. WORK: a folder to write to.

foreach(needed 75 80 90)
  if(NOT needed IN_LIST DEFAULT AND (needed IN_LIST KNOWN OR NOT KNOWN))
    message(FATAL_ERROR "Kernels are not compiled for ${needed} by default, but for ${DEFAULT}")
  endif()
endforeach()
if(NOT CUOBJDUMP)
  message("Architectures: Skipped\ncuobjdump is missing")
  return()
endif()

# dump(FILE OPTION...): writes cuobjdump's output for the library.
function(dump file)
  execute_process(COMMAND ${CUOBJDUMP} ${ARGN} ${LIBRARY} OUTPUT_FILE ${file} RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "${CUOBJDUMP} ${ARGN} ${LIBRARY}: ${failed}")
  endif()
endfunction()

file(MAKE_DIRECTORY ${WORK})
dump(${WORK}/elf.txt --list-elf)
dump(${WORK}/ptx.txt --list-ptx)
file(READ ${WORK}/elf.txt elf)
file(READ ${WORK}/ptx.txt ptx)
foreach(architecture ${ARCHITECTURES})
  string(REGEX REPLACE "-.*" "" name ${architecture}) # 90a of 90a-real
  string(REGEX MATCH "^[0-9]+" number ${name})
  if(NOT architecture MATCHES "-virtual$" AND NOT elf MATCHES "sm_${name}\\.cubin")
    message(SEND_ERROR "${LIBRARY} has no machine code for ${name}")
  endif()
  if(architecture MATCHES "-real$")
    continue()
  endif()
  if(NOT ptx MATCHES "sm_${name}\\.ptx")
    message(SEND_ERROR "${LIBRARY} has no PTX for ${name}")
  endif()

  dump(${WORK}/${name}.txt --dump-ptx --gpu-architecture sm_${name})
  file(STRINGS ${WORK}/${name}.txt lines REGEX "\\.entry|mma\\.sync|trap")
  set(kernel "")
  set(tiles 0) # tile kernels
  set(with_mma "")
  foreach(line ${lines})
    if(line MATCHES "\\.entry ([A-Za-z0-9_]+)")
      set(kernel ${CMAKE_MATCH_1})
      if(kernel MATCHES "dense_tile_kernelI") # a template's instance
        math(EXPR tiles "${tiles} + 1")
      endif()
    elseif(line MATCHES "mma\\.sync")
      list(APPEND with_mma ${kernel})
    elseif(line MATCHES "trap;")
      message(SEND_ERROR "${kernel} for ${name} traps")
    endif()
  endforeach()
  list(REMOVE_DUPLICATES with_mma)
  list(LENGTH with_mma mma_kernels)
  if(tiles EQUAL 0 OR (number GREATER_EQUAL 80 AND NOT mma_kernels EQUAL tiles))
    message(SEND_ERROR "${mma_kernels} of ${tiles} tile kernels for ${name} use tensor cores")
  endif()
  message(STATUS "${name}: ${mma_kernels} of ${tiles} tile kernels use tensor cores")
endforeach()
