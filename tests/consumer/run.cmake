# Builds and runs the consumer project, from nothing each time: cmake -D... -P run.cmake with
#   WORK            a folder of its own for everything that is written
#   BUILD           a build of warp2vec, to be installed and found; or
#   SOURCE          warp2vec's sources, to be added as a subdirectory
#   CXX, GENERATOR  what to build with
function(run)
  execute_process(COMMAND ${ARGV} WORKING_DIRECTORY ${WORK} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
if(BUILD)
  run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
  set(warp2vec -DCMAKE_PREFIX_PATH=${WORK}/prefix)
else()
  set(warp2vec -DWARP2VEC_SOURCE_DIR=${SOURCE} -DWARP2VEC_CUDA=OFF) # kernels take minutes to compile again
endif()
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${WORK}/build -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${CXX} ${warp2vec})
run(${CMAKE_COMMAND} --build ${WORK}/build --parallel 2)

# The example of docs/build.md is this program, and docs/design.md is text to train on.
set(docs ${CMAKE_CURRENT_LIST_DIR}/../../docs)
run(${WORK}/build/consumer ${docs}/design.md)
if(EXISTS ${WORK}/build/gpus)
  run(${WORK}/build/gpus)
endif()
file(READ ${docs}/build.md shown)
file(READ ${CMAKE_CURRENT_LIST_DIR}/main.cpp example)
string(FIND "${shown}" "${example}" position)
if(position EQUAL -1)
  message(FATAL_ERROR "docs/build.md shows other code than tests/consumer/main.cpp")
endif()
