# What `cmake --install` copies: the program with its manual page and completions of shells, the library with its
# headers, and its CMake package.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/warp2vec)

set(libraries warp2vec_core)
set(find_cuda_toolkit "")
if(TARGET warp2vec_cuda)
  list(APPEND libraries warp2vec_cuda)
  set(find_cuda_toolkit "find_dependency(CUDAToolkit)")
endif()

install(TARGETS ${libraries} EXPORT warp2vecTargets)
if(WARP2VEC_BUILD_CLI)
  install(TARGETS warp2vec)
  if(NOT CMAKE_CROSSCOMPILING)
    set(documentation ${PROJECT_BINARY_DIR}/documentation)
    install(FILES ${documentation}/warp2vec.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
    install(FILES ${documentation}/warp2vec DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
    install(FILES ${documentation}/_warp2vec DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
    install(FILES ${documentation}/warp2vec.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
  endif()
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/warp2vec DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT warp2vecTargets NAMESPACE warp2vec:: DESTINATION ${package_dir})

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/warp2vecConfig.cmake.in
                              ${PROJECT_BINARY_DIR}/warp2vecConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/warp2vecConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(
  FILES ${PROJECT_BINARY_DIR}/warp2vecConfig.cmake ${PROJECT_BINARY_DIR}/warp2vecConfigVersion.cmake
        ${PROJECT_SOURCE_DIR}/cmake/FindZstd.cmake ${PROJECT_SOURCE_DIR}/cmake/FindUtf8proc.cmake
  DESTINATION ${package_dir})
