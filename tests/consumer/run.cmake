# Builds and runs the consumer project from scratch: cmake -D... -P run.cmake with
#   WORK            a folder for everything that is written
#   BUILD           a build of warp2vec, to be installed and found; or
#   SOURCE          warp2vec's sources, to be added as a subdirectory, built as shared libraries, and installed and found;
#                   with CONFIGURE_ONLY not built
#   CUDA, SHARED    whether BUILD has warp2vec::cuda, and shared libraries
#   CXX, GENERATOR  the compiler and generator
cmake_minimum_required(VERSION 3.22)
set(configure ${CMAKE_COMMAND} -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${CXX})
# Where the library is built again: that it works fast is not tested here.
set(quickly -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O0)

function(run)
  execute_process(COMMAND ${ARGV} WORKING_DIRECTORY ${WORK} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# The examples of the documentation are these programs, and docs/design.md is text to train on.
set(root ${CMAKE_CURRENT_LIST_DIR}/../..)
set(docs ${root}/docs)
function(expect_example page program)
  file(READ ${root}/${page} shown)
  file(READ ${CMAKE_CURRENT_LIST_DIR}/${program} example)
  string(FIND "${shown}" "${example}" position)
  if(position EQUAL -1)
    message(FATAL_ERROR "${page} shows other code than tests/consumer/${program}")
  endif()
endfunction()
expect_example(docs/build.md main.cpp)
expect_example(README.md from_memory.cpp)

# build_consumer(FOLDER OPTION...): configures with the options, builds, and runs.
function(build_consumer folder)
  run(${configure} -S ${CMAKE_CURRENT_LIST_DIR} -B ${folder} ${ARGN})
  run(${CMAKE_COMMAND} --build ${folder} --parallel 2)
  run(${folder}/consumer ${docs}/design.md)
endfunction()

# run_programs(FOLDER): builds and runs the other programs of a consumer that was built in FOLDER.
function(run_programs folder)
  run(${CMAKE_COMMAND} --build ${folder} --parallel 2 --target from_memory from_ids phrases cbow)
  run(${folder}/from_memory)
  run(${folder}/from_ids)
  expect_output("new_york\n" ${folder}/phrases)
  run(${folder}/cbow ${docs}/design.md)
endfunction()

# expect_output(EXPECTED COMMAND...): EXPECTED is a regular expression.
function(expect_output expected)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${WORK} OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT output MATCHES "${expected}")
    message(FATAL_ERROR "${ARGN}: expected ${expected}, got\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
if(SOURCE)
  set(subdirectory -DWARP2VEC_SOURCE_DIR=${SOURCE} ${quickly})
  # Kernels are not built unless requested.
  expect_output("WARP2VEC_CUDA=OFF" ${configure} -S ${CMAKE_CURRENT_LIST_DIR} -B build ${subdirectory})
  if(CONFIGURE_ONLY)
    return()
  endif()
  set(SHARED ON)
  build_consumer(build ${subdirectory} -DBUILD_SHARED_LIBS=ON -DWARP2VEC_INSTALL=ON)
  set(BUILD ${WORK}/build/warp2vec)
endif()
# A moved installation is still found.
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/installed)
file(RENAME ${WORK}/installed ${WORK}/moved)
set(package -DCMAKE_PREFIX_PATH=${WORK}/moved)

# Only the component cuda needs a CUDA toolkit.
build_consumer(core ${package} -DCMAKE_DISABLE_FIND_PACKAGE_CUDAToolkit=ON)
if(SHARED)
  run_programs(core)
endif()
if(CUDA)
  build_consumer(cuda ${package} -DWARP2VEC_COMPONENTS=cuda)
  run(cuda/gpus)
else()
  expect_output("this warp2vec was built[ \n]+without CUDA" ${configure} -S ${CMAKE_CURRENT_LIST_DIR} -B without-cuda
                ${package} -DWARP2VEC_COMPONENTS=cuda)
endif()

file(GLOB_RECURSE pc ${WORK}/moved/warp2vec.pc)
get_filename_component(pc ${pc} DIRECTORY)
find_program(PKG_CONFIG NAMES pkg-config pkgconf)
if(PKG_CONFIG)
  set(ENV{PKG_CONFIG_PATH} ${pc})
  if(NOT SHARED)
    set(static --static)
  endif()
  execute_process(COMMAND ${PKG_CONFIG} --cflags --libs ${static} warp2vec OUTPUT_VARIABLE flags COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(flags UNIX_COMMAND "${flags}")
  run(${CXX} -std=c++20 ${CMAKE_CURRENT_LIST_DIR}/main.cpp -o by-pkg-config ${flags})
  set(ENV{LD_LIBRARY_PATH} ${pc}/..)
  run(./by-pkg-config ${docs}/design.md)
else()
  message(STATUS "warp2vec.pc was not tried: there is no pkg-config")
endif()

if(SHARED)
  set(library ${pc}/../libwarp2vec_core.so)
  expect_output("SONAME.*libwarp2vec_core\\.so\\.0\\.1" objdump -p ${library})
  expect_output("warp2vec::Corpus::Corpus" nm -DC ${library})
  execute_process(COMMAND nm -DC --defined-only ${library} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  if(symbols MATCHES "warp2vec::InputFile[^\n]*")
    message(FATAL_ERROR "${library} exports what is not public: ${CMAKE_MATCH_0}")
  endif()
endif()
