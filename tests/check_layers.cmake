cmake_minimum_required(VERSION 3.22)
# Fails if a file includes one from a folder that is not below its own, or by another path than that from the project's
# root. SOURCE: that root. Lists every folder of the product with those that it may include besides itself and
# include/warp2vec; only folders listed earlier are allowed, so that there are no cycles.
set(layers
    "host/bytes"
    "host/compression"
    "host/io            host/bytes host/compression"
    "host/distributed"
    "host/vocabulary    host/bytes host/compression host/io host/distributed"
    "host/text          host/bytes host/compression host/io host/vocabulary host/distributed"
    "host/sequences     host/bytes host/io host/vocabulary host/text"
    "host/phrases       host/bytes host/compression host/io host/vocabulary host/text"
    "host/sampling      host/bytes host/io"
    "host/training      host/bytes host/io host/sampling host/distributed"
    "host/graphs        host/bytes host/compression host/io host/distributed host/vocabulary host/text host/sampling
                        host/training"
    "host/planning      host/training"
    "host/reference     host/training"
    "host/cpu/simd      host/training host/distributed"
    "host/cpu           host/sampling host/training host/distributed host/cpu/simd"
    "host/files         host/bytes host/io host/vocabulary host/training"
    "host/files/vectors host/bytes host/compression host/io host/vocabulary host/training host/files"
    "host/files/models  host/bytes host/io host/vocabulary host/training host/files"
    "host/files/corpora host/bytes host/io host/vocabulary host/files host/files/models"
    "host/evaluation    host/bytes host/compression host/io host/training host/files"
    "kernels/device"
    "kernels/cuda"
    "kernels/training   host/training kernels/cuda kernels/device"
    "kernels/softmax    host/training kernels/cuda kernels/device kernels/training"
    "kernels/merging    kernels/cuda kernels/device"
    "kernels/backend    host/planning host/training kernels/cuda kernels/merging kernels/softmax kernels/training"
    "host/cli/terminal  host/bytes host/io host/planning host/training"
    "host/cli/process   host/io"
    "host/cli/flags     host/bytes host/compression host/io host/vocabulary host/text host/cli/terminal"
    "host/cli/report    host/bytes host/io host/training host/cli/terminal host/cli/flags"
    "host/mpi"
    "host/cli/run       host/bytes host/compression host/io host/planning host/distributed host/training host/files/models host/cli/terminal host/cli/process host/cli/flags host/cli/report"
    "host/cli/commands  host/bytes host/compression host/io host/planning host/training host/cli/terminal host/cli/process host/cli/flags host/cli/report host/cli/run"
    "host/cli/bench     host/bytes host/io host/text host/planning host/training host/cli/terminal host/cli/process
                        host/cli/flags host/cli/report host/cli/run host/cli/commands"
    "host/cli           host/bytes host/io host/cli/terminal host/cli/process host/cli/flags host/cli/run host/cli/commands"
    "host/python/bindings host/bytes host/vocabulary"
    "host               host/cli")

set(known "")
foreach(layer ${layers})
  string(REGEX REPLACE "[ \n]+" ";" names ${layer})
  list(POP_FRONT names folder)
  foreach(name ${names})
    if(NOT name IN_LIST known)
      message(SEND_ERROR "${folder} may include ${name}, which does not stand below it in check_layers.cmake")
    endif()
  endforeach()
  list(APPEND known ${folder})
  set(below_${folder} ${names})
endforeach()

file(GLOB_RECURSE files RELATIVE ${SOURCE} ${SOURCE}/host/*.h ${SOURCE}/host/*.cpp ${SOURCE}/kernels/*.h
     ${SOURCE}/kernels/*.cpp ${SOURCE}/kernels/*.cu ${SOURCE}/include/*.h)
foreach(file ${files})
  get_filename_component(folder ${file} DIRECTORY)
  file(STRINGS ${SOURCE}/${file} lines REGEX "^#include ")
  if(folder MATCHES "^include/")
    foreach(line ${lines})
      if(line MATCHES "\"")
        message(SEND_ERROR "${file}: ${line}: public headers include only each other, as <warp2vec/...>")
      endif()
    endforeach()
    continue()
  endif()
  if(NOT folder IN_LIST known)
    message(SEND_ERROR "${file}: check_layers.cmake does not know its folder")
    continue()
  endif()
  foreach(line ${lines})
    if(NOT line MATCHES "\"(.*)\"" OR line STREQUAL "#include \"commit.h\"") # which the build writes
      continue()
    endif()
    set(included ${CMAKE_MATCH_1})
    get_filename_component(from ${included} DIRECTORY)
    if(NOT EXISTS ${SOURCE}/${included} OR from STREQUAL "")
      message(SEND_ERROR "${file}: ${line}: expected a path from the project's root")
    elseif(NOT from STREQUAL folder AND NOT from IN_LIST below_${folder})
      message(SEND_ERROR "${file}: ${line}: ${folder} may include only ${below_${folder}}")
    endif()
  endforeach()
endforeach()
list(LENGTH files count)
if(count EQUAL 0)
  message(SEND_ERROR "there are no sources in ${SOURCE}")
endif()
message(STATUS "${count} files checked")
